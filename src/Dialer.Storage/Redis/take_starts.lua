-- Starts of calls, evenly spaced over all nodes. KEYS: string ; ARGV: now µs, wanted, gap µs, horizon µs, at least this many. Returns how many were taken and when the first is, µs; wanted < 0: how many could be.
local now, wanted, gap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local first = tonumber(redis.call('GET', KEYS[1]) or '0')
-- Nobody waits ten minutes for a start: such a time was left by a clock that has since been set back.
if first < now or first > now + 600000000 then first = now end
local free = math.max(0, math.floor((now + tonumber(ARGV[4]) - first) / gap + 0.000001))
if wanted < 0 then return {free, string.format('%.0f', first)} end
local taken = math.max(math.min(wanted, free), tonumber(ARGV[5]))
if taken > 0 then redis.call('SET', KEYS[1], string.format('%.0f', first + taken * gap), 'PX', 3600000) end
return {taken, string.format('%.0f', first)}
