-- Reserves the agent that has been available longest, has a living lease and every skill needed. Atomic: two calls never get one agent.
-- KEYS: boot marker, available zset ; ARGV: agent key prefix, needed skills ('|a|b|' or ''), hold ms
if redis.call('EXISTS', KEYS[1]) == 0 then return {'NOBOOT'} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
for _, session in ipairs(redis.call('ZRANGE', KEYS[2], 0, 499)) do
    local key = ARGV[1] .. session
    local a = redis.call('HMGET', key, 'state', 'lease', 'skills', 'agent', 'epoch', 'conference')
    local fits = a[1] == 'Available' and tonumber(a[2] or '0') > now
    if fits then
        for skill in string.gmatch(ARGV[2], '[^|]+') do
            if not string.find(a[3] or '', '|' .. skill .. '|', 1, true) then fits = false end
        end
    end
    if fits then
        redis.call('ZREM', KEYS[2], session)
        redis.call('HMSET', key, 'state', 'Reserved', 'epoch', tonumber(a[5]) + 1, 'hold', now + tonumber(ARGV[3]), 'since', tostring(now))
        return {session, a[4], a[5], a[6]}
    end
end
return {}
