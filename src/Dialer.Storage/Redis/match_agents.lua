-- Gives each caller, in the order given, an agent: the one he knows, else the longest available one for the strictest needs that anybody meets. Atomic over all callers: no agent is given twice.
-- KEYS: boot marker
-- ARGV: agent key prefix, key prefix of the agents who have a skill, hold ms, then for each caller: session he knows or '', how many needs follow, the needs ('|a|b|' or '')
-- Returns for each caller {} or {session, agent, epoch, conference, 0 = known or which needs, available since ms}.
-- For each skill there is a sorted set of agents by availability; needs are looked for in the smallest of theirs. An agent who was taken, or is no longer so, is dropped from it when he is met:
-- a decision costs what the rarest skill's line makes it cost, whatever the size of the floor.
if redis.call('EXISTS', KEYS[1]) == 0 then return {'NOBOOT'} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)

local function meets(skills, needs)
    for need in string.gmatch(needs, '[^|]+') do
        if not string.find(skills, '|' .. need .. '|', 1, true) then return false end
    end
    return true
end

local function read(session)
    return redis.call('HMGET', ARGV[1] .. session, 'state', 'lease', 'skills', 'agent', 'epoch', 'conference', 'since')
end

local function take(session, a, which)
    redis.call('HMSET', ARGV[1] .. session, 'state', 'Reserved', 'epoch', tonumber(a[5]) + 1, 'hold', now + tonumber(ARGV[3]))
    return {session, a[4], a[5], a[6], which, a[7]}
end

local function smallest(needs)
    local best, least = ARGV[2], nil
    for need in string.gmatch(needs, '[^|]+') do
        local size = redis.call('ZCARD', ARGV[2] .. need)
        if not least or size < least then best, least = ARGV[2] .. need, size end
    end
    return best
end

local function find(needs, which)
    local line = smallest(needs)
    local own = string.sub(line, #ARGV[2] + 1)
    local from, size = 0, 0
    while true do
        local heads = redis.call('ZRANGE', line, from, from + size, 'WITHSCORES')
        if #heads == 0 then return nil end
        for i = 1, #heads, 2 do
            local a = read(heads[i])
            if a[1] ~= 'Available' or tonumber(a[7]) ~= tonumber(heads[i + 1]) or not meets(a[3] or '', own) then
                redis.call('ZREM', line, heads[i])
            elseif tonumber(a[2] or '0') > now and meets(a[3] or '', needs) then
                redis.call('ZREM', line, heads[i])
                return take(heads[i], a, which)
            else
                from = from + 1
            end
        end
        size = 31
    end
end

local out, at = {}, 4
while ARGV[at] do
    local n = tonumber(ARGV[at + 1])
    local found
    if ARGV[at] ~= '' then
        local a = read(ARGV[at])
        if a[1] == 'Available' and tonumber(a[2] or '0') > now then
            for i = 1, n do
                if not found and meets(a[3] or '', ARGV[at + 1 + i]) then found = take(ARGV[at], a, 0) end
            end
        end
    end
    for i = 1, n do
        if not found then found = find(ARGV[at + 1 + i], i) end
    end
    out[#out + 1] = found or {}
    at = at + 2 + n
end
return out
