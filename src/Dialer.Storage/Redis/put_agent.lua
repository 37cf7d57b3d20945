-- Writes one agent as PostgreSQL has it. An older epoch never overwrites a newer one, but a reservation that PostgreSQL never confirmed may be undone.
-- KEYS: sessions set, agent hash
-- ARGV: session, epoch, state, since ms, agent id, skills, conference, until ms or '', intent, lease ms to add when the hash is new, key prefix of the lines of available agents by skill
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local epoch = tonumber(redis.call('HGET', KEYS[2], 'epoch') or '-1')
local hold = tonumber(redis.call('HGET', KEYS[2], 'hold') or '0')
if epoch > tonumber(ARGV[2]) and hold > now then return 0 end
if epoch > tonumber(ARGV[2]) and hold == 0 then return 0 end
-- No line keeps an agent who is not available, or for a skill he has lost.
local had = redis.call('HGET', KEYS[2], 'skills') or ''
if ARGV[3] ~= 'Available' or had ~= ARGV[6] then
    redis.call('ZREM', ARGV[11], ARGV[1] .. had)
    for skill in string.gmatch(had, '[^|]+') do redis.call('ZREM', ARGV[11] .. skill, ARGV[1] .. had) end
end
if ARGV[3] == 'Offline' then
    redis.call('DEL', KEYS[2])
    redis.call('SREM', KEYS[1], ARGV[1])
    return 1
end
redis.call('HMSET', KEYS[2], 'epoch', ARGV[2], 'state', ARGV[3], 'since', ARGV[4], 'agent', ARGV[5], 'skills', ARGV[6],
    'conference', ARGV[7], 'until', ARGV[8], 'intent', ARGV[9], 'hold', '0')
redis.call('HSETNX', KEYS[2], 'lease', now + tonumber(ARGV[10]))
redis.call('SADD', KEYS[1], ARGV[1])
if ARGV[3] ~= 'Available' then return 1 end
redis.call('ZADD', ARGV[11], ARGV[4], ARGV[1] .. ARGV[6]) -- whoever needs nothing takes the longest available
for skill in string.gmatch(ARGV[6], '[^|]+') do
    redis.call('ZADD', ARGV[11] .. skill, ARGV[4], ARGV[1] .. ARGV[6])
end
return 1
