-- Gives each caller, in the order given, an agent: the one he knows, else the longest available one for the strictest needs that anybody meets. Atomic over all callers: no agent is given twice.
-- KEYS: boot marker
-- ARGV: agent key prefix, key prefix of the lines, hold ms, then for each caller: session he knows or '', how many needs follow, the needs ('|a|b|' or '')
-- Returns for each caller {} or {session, agent, epoch, conference, 0 = known or which needs, available since ms}.
-- For each skill there is a line (a sorted set) of its available agents by availability; each stands there with all his skills (session|a|b|). In whichever of the needs' lines one looks,
-- the first who has all of them is the same agent: so the head of the first need's line is tried, and only if nobody there fits, what is the shortest of them is asked and looked through.
-- A decision costs what the rarest skill makes it cost, whatever the size of the floor. The agent's own hash has the last word.
if redis.call('EXISTS', KEYS[1]) == 0 then return {'NOBOOT'} end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local taken, lines = {}, {}

-- The words of one set of needs, and each as it stands in an agent's text.
local function split(needs)
    local words, marks = {}, {}
    for word in string.gmatch(needs, '[^|]+') do
        words[#words + 1] = word
        marks[#marks + 1] = '|' .. word .. '|'
    end
    return words, marks
end

local function has_all(skills, marks, known)
    for i = 1, #marks do
        if i ~= known and not string.find(skills, marks[i], 1, true) then return false end
    end
    return true
end

local function read(session)
    local a = redis.call('HMGET', ARGV[1] .. session, 'state', 'lease', 'agent', 'epoch', 'conference', 'since')
    a.free = a[1] == 'Available'
    a.here = tonumber(a[2] or '0') > now
    return a
end

-- The lines still name him: whoever meets him there strikes him out, and so does putting him as Reserved.
local function take(session, a, which)
    taken[session] = true
    redis.call('HMSET', ARGV[1] .. session, 'state', 'Reserved', 'epoch', string.format('%.0f', a[4] + 1), 'hold', string.format('%.0f', now + ARGV[3]))
    return {session, a[3], a[4], a[5], which, a[6]}
end

-- The line of one word (of everybody for ''), as much of it as was read by now.
local function line_of(word)
    local line = lines[word]
    if not line then
        line = {key = ARGV[2] .. word, gone = 0}
        lines[word] = line
    end
    return line
end

-- Numbers go to Redis as text of our making: its own way of writing a double costs more than the command.
local function read_on(line, many)
    local from = #line - line.gone
    local heads = redis.call('ZRANGE', line.key, string.format('%d', from), string.format('%d', from + many - 1))
    for i = 1, #heads do line[#line + 1] = heads[i] end
    line.ended = #heads < many
end

local function shortest(words)
    local line, own
    for i = 1, #words do
        local each = line_of(words[i])
        if not each.size then each.size = redis.call('ZCARD', each.key) end
        if not line or each.size < line.size then line, own = each, i end
    end
    return line, own
end

-- So many of the first line are looked at before the lengths are asked for: the first two readings.
local TRIED = 24

local function find(needs, which)
    local words, marks = split(needs)
    local line, own, chosen, at = line_of(words[1] or ''), 1, #words < 2, 1
    while true do
        if at > #line and not line.ended and at > TRIED and not chosen then
            local best, which_word = shortest(words)
            chosen = true
            if best ~= line then line, own, at = best, which_word, 1 end
        end
        if at > #line then
            if not line.ended then read_on(line, at > 1 and 16 or #words > 1 and 8 or 1) end
            if at > #line then return nil end
        end
        local head = line[at]
        if head and has_all(head, marks, own) then
            local session = string.match(head, '^[^|]+')
            local a = not taken[session] and read(session)
            if a and a.free and a.here then return take(session, a, which) end
            if a and not a.free then
                redis.call('ZREM', line.key, head)
                line[at] = false
                line.gone = line.gone + 1
            end
        end
        at = at + 1
    end
end

local out, at = {}, 4
while ARGV[at] do
    local session, n = ARGV[at], tonumber(ARGV[at + 1])
    local found
    if session ~= '' then
        local a = read(session)
        if a.free and a.here then
            local skills = redis.call('HGET', ARGV[1] .. session, 'skills') or ''
            for i = 1, n do
                local _, marks = split(ARGV[at + 1 + i])
                if not found and has_all(skills, marks) then found = take(session, a, 0) end
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
