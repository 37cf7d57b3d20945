-- A sliding window: never more than limit members in any window. KEYS: zset ; ARGV: now ms, wanted, limit, window ms, unique prefix. Returns how many were taken; wanted < 0: how many are free.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', tonumber(ARGV[1]) - tonumber(ARGV[4]))
local free = tonumber(ARGV[3]) - redis.call('ZCARD', KEYS[1])
if tonumber(ARGV[2]) < 0 then return math.max(0, free) end
local take = math.max(0, math.min(tonumber(ARGV[2]), free))
for i = 1, take do redis.call('ZADD', KEYS[1], ARGV[1], ARGV[5] .. ':' .. i) end
redis.call('PEXPIRE', KEYS[1], 3600000)
return take
