-- POSTs nothing to each address in the file, once; what comes after the last is a mistake (405).
local paths, n = {}, 0

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  wrk.method = "POST"
end

function request()
  n = n + 1
  return wrk.format(nil, paths[n] or "/healthz")
end
