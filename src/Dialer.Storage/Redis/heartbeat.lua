-- Extends an agent's lease. KEYS: agent hash ; ARGV: lease ms. Returns 0 when Redis does not know the agent.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local t = redis.call('TIME')
redis.call('HSET', KEYS[1], 'lease', t[1] * 1000 + math.floor(t[2] / 1000) + tonumber(ARGV[1]))
return 1
