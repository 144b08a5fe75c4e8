-- Many visitors. They come in blocks of 5,000: a crowd of a hundred that signs, then readers, of whom
-- one in two hundred asks for a page that is made for them alone, and one in a thousand searches for
-- what nobody searched before. One in a hundred goes through the first file; all the others GET its
-- first three addresses, as when a petition is in the news.
-- Arguments: the file, the file of pages for one, the address that signs, a prefix.
local BLOCK, CROWD, NEWS = 5000, 100, 3
local paths, own, n, prefix, signs = {}, {}, 0, "", ""
local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  for line in io.lines(args[2]) do own[#own + 1] = line end
  signs, prefix = args[3], args[4]
end

function request()
  n = n + 1
  if (n - 1) % BLOCK < CROWD then
    local body = "given_name=Sam&family_name=Okoro&email=" .. prefix .. n
      .. "%40example.org&country=GB&postal_code=SW1A+1AA&reason=&display=initial"
    return wrk.format("POST", signs, form, body)
  end
  if n % 1000 == 901 then return wrk.format("GET", "/petitions/?q=" .. prefix .. n) end
  if n % 200 == 2 then return wrk.format("GET", own[math.floor(n / 200) % #own + 1]) end
  if n % 100 == 3 then return wrk.format("GET", paths[math.floor(n / 100) % #paths + 1]) end
  return wrk.format("GET", paths[n % NEWS + 1])
end
