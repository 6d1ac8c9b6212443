-- Asks for the addresses of a file in turn, from a random one on; may stop after so many answers.
local paths, position, answers, limit = {}, 0, 0, tonumber(os.getenv("BENCH_REQUESTS") or "0")

function init(arguments)
  for line in io.lines(os.getenv("BENCH_PATHS")) do
    paths[#paths + 1] = line
  end
  math.randomseed(os.time())
  position = math.random(#paths)
end

function request()
  position = position % #paths + 1
  return wrk.format("GET", paths[position], { ["Accept"] = "application/geo+json" })
end

-- Counting costs wrk a call for each answer: only runs that stop by number define it.
if limit > 0 then
  function response()
    answers = answers + 1
    if answers >= limit then
      wrk.thread:stop()
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("requests %d\n", summary.requests))
  io.write(string.format("microseconds %d\n", summary.duration))
  io.write(string.format("p50 %d\n", latency:percentile(50)))
  io.write(string.format("bytes %d\n", summary.bytes))
  io.write(string.format("bad %d\n", errors.status + errors.connect + errors.read + errors.write))
  io.write(string.format("timeouts %d\n", errors.timeout))
end
