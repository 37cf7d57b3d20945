-- Every signed-in agent: session, agent, state, since, until, intent, skills, lease left in ms. KEYS: boot marker, sessions set ; ARGV: agent key prefix
if redis.call('EXISTS', KEYS[1]) == 0 then return {'NOBOOT'} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local out = {}
for _, session in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    local a = redis.call('HMGET', ARGV[1] .. session, 'agent', 'state', 'since', 'until', 'intent', 'skills', 'lease')
    if a[1] then
        out[#out + 1] = {session, a[1], a[2], a[3], a[4] or '', a[5] or '', a[6] or '', tostring(tonumber(a[7] or '0') - now)}
    end
end
return out
