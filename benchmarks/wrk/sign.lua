-- POSTs the form of each address in the file in turn, with an e-mail address that is never repeated.
-- Arguments: the file, the beginning of the addresses, and, if they shall not press at once, how many
-- milliseconds a client rests between two forms, more or less.
local paths, n, prefix = {}, 0, ""

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  prefix = args[2]
  if args[3] then
    local longest = 2 * tonumber(args[3])
    delay = function() return math.random(0, longest) end
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  n = n + 1
  local body = "given_name=Sam&family_name=Okoro&email=" .. prefix .. n
    .. "%40example.org&country=GB&postal_code=SW1A+1AA&reason=&display=initial"
  return wrk.format(nil, paths[n % #paths + 1], nil, body)
end
