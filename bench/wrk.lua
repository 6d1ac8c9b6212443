-- Asks for the addresses of a file in turn, from a random one on.
local paths, position, headers = {}, 0, {}

function init(arguments)
  for line in io.lines(os.getenv("BENCH_PATHS")) do
    paths[#paths + 1] = line
  end
  for name, value in string.gmatch(os.getenv("BENCH_HEADERS"), "([^:\n]+): ([^\n]+)") do
    headers[name] = value
  end
  math.randomseed(os.time())
  position = math.random(#paths)
end

function request()
  position = position % #paths + 1
  return wrk.format("GET", paths[position], headers)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("requests %d\n", summary.requests))
  io.write(string.format("microseconds %d\n", summary.duration))
  io.write(string.format("p50 %d\n", latency:percentile(50)))
  io.write(string.format("bad %d\n", errors.status + errors.connect))
end
