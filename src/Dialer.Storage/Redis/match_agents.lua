-- Gives each caller, in the order given, an agent: the one he knows, else the longest available one for the strictest needs that anybody meets. Atomic over all callers: no agent is given twice.
-- KEYS: boot marker
-- ARGV: agent key prefix, key prefix of the lines, hold ms, then for each caller: session he knows or '', how many needs follow, the needs ('|a|b|' or '')
-- Returns for each caller {} or {session, agent, epoch, conference, 0 = known or which needs, available since ms}.
-- For each skill there is a line (a sorted set) of its available agents by availability; each stands there with all his skills (session|a|b|). Needs are looked for in the shortest of their
-- lines: a decision costs what the rarest skill makes it cost, whatever the size of the floor. The agent's own hash has the last word.
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

local function shortest(needs)
    local line, least, wanted = ARGV[2], nil, {}
    for need in string.gmatch(needs, '[^|]+') do
        local size = redis.call('ZCARD', ARGV[2] .. need)
        if not least or size < least then line, least = ARGV[2] .. need, size end
        wanted[#wanted + 1] = '|' .. need .. '|'
    end
    return line, wanted
end

local function has_all(head, wanted)
    for i = 1, #wanted do
        if not string.find(head, wanted[i], 1, true) then return false end
    end
    return true
end

local function find(needs, which)
    local line, wanted = shortest(needs)
    local from, size = 0, 0
    while true do
        local heads = redis.call('ZRANGE', line, from, from + size)
        if #heads == 0 then return nil end
        for _, head in ipairs(heads) do
            local session = has_all(head, wanted) and string.match(head, '^[^|]+')
            local a = session and read(session)
            if a and (a[1] ~= 'Available' or session .. (a[3] or '') ~= head) then
                redis.call('ZREM', line, head)
            elseif a and tonumber(a[2] or '0') > now then
                redis.call('ZREM', line, head)
                return take(session, a, which)
            else
                from = from + 1
            end
        end
        size = 15
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
