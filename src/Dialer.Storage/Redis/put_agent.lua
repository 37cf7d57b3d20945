-- Writes one agent as PostgreSQL has it. An older epoch never overwrites a newer one, but a reservation that PostgreSQL never confirmed may be undone.
-- KEYS: sessions set, available zset, agent hash
-- ARGV: session, epoch, state, since ms, agent id, skills, conference, until ms or '', intent, lease ms to add when the hash is new
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local epoch = tonumber(redis.call('HGET', KEYS[3], 'epoch') or '-1')
local hold = tonumber(redis.call('HGET', KEYS[3], 'hold') or '0')
if epoch > tonumber(ARGV[2]) and hold > now then return 0 end
if epoch > tonumber(ARGV[2]) and hold == 0 then return 0 end
if ARGV[3] == 'Offline' then
    redis.call('DEL', KEYS[3])
    redis.call('SREM', KEYS[1], ARGV[1])
    redis.call('ZREM', KEYS[2], ARGV[1])
    return 1
end
redis.call('HMSET', KEYS[3], 'epoch', ARGV[2], 'state', ARGV[3], 'since', ARGV[4], 'agent', ARGV[5], 'skills', ARGV[6],
    'conference', ARGV[7], 'until', ARGV[8], 'intent', ARGV[9], 'hold', '0')
redis.call('HSETNX', KEYS[3], 'lease', now + tonumber(ARGV[10]))
redis.call('SADD', KEYS[1], ARGV[1])
if ARGV[3] == 'Available' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1]) else redis.call('ZREM', KEYS[2], ARGV[1]) end
return 1
