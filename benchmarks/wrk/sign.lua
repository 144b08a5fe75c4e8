-- POSTs the form of each address in the file in turn, with an e-mail address that is never repeated.
-- Arguments: the file, the beginning of the addresses, and, if they shall not press at once, how many
-- forms a second come, by the clock: an answer that takes long does not make the next ones fewer, as
-- long as a client is free.
local paths, n, prefix = {}, 0, ""

local function by_the_clock(per_second)
  local ffi = require("ffi")
  ffi.cdef("struct moment { long s; long us; }; int gettimeofday(struct moment *, void *);")
  local moment, due = ffi.new("struct moment"), nil
  return function() -- milliseconds until the turn of the client that asks
    ffi.C.gettimeofday(moment, nil)
    local now = tonumber(moment.s) * 1000 + tonumber(moment.us) / 1000
    due = (due or now) + 1000 / per_second
    return math.max(0, math.floor(due - now + 0.5))
  end
end

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  prefix = args[2]
  if args[3] then delay = by_the_clock(tonumber(args[3])) end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  n = n + 1
  local body = "given_name=Sam&family_name=Okoro&email=" .. prefix .. n
    .. "%40example.org&country=GB&postal_code=SW1A+1AA&reason=&display=initial"
  return wrk.format(nil, paths[n % #paths + 1], nil, body)
end
