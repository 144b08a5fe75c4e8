-- Many visitors: GETs the addresses of the file in turn; of a thousand requests two are searches that
-- nobody asked before, and each fiftieth signs. Arguments: the file, the address that signs, a prefix.
local paths, n, prefix, signs = {}, 0, "", ""
local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  signs, prefix = args[2], args[3]
end

function request()
  n = n + 1
  if n % 50 == 0 then
    local body = "given_name=Sam&family_name=Okoro&email=" .. prefix .. n
      .. "%40example.org&country=GB&postal_code=SW1A+1AA&reason=&display=initial"
    return wrk.format("POST", signs, form, body)
  end
  if n % 500 == 1 then return wrk.format("GET", "/petitions/?q=" .. prefix .. n) end
  return wrk.format("GET", paths[n % #paths + 1])
end
