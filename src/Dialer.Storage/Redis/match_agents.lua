-- Gives each caller, in the order given, an agent: the one he knows, else the longest available one for the strictest needs that anybody meets. Atomic over all callers: no agent is given twice.
-- KEYS: boot marker
-- ARGV: agent key prefix, key prefix of the lines, hold ms, when the marker expires (ms since 1970), then for each caller: session he knows or '', how many needs follow, the needs ('|a|b|' or '')
-- Returns for each caller {} or {session, agent, epoch, conference, 0 = known or which needs, available since ms}.
-- For each skill there is a line (a sorted set) of its available agents by availability; each stands there with all his skills (session|a|b|). In whichever of the needs' lines one looks,
-- the first who has all of them is the same agent: so the head of the first need's line is tried, and only if nobody there fits, what is the shortest of them is asked and looked through.
-- A decision costs what the rarest skill makes it cost, whatever the size of the floor. The agent's own hash has the last word.
-- What is made here is swept up here: every table, function and piece of text costs again when Redis collects it, so there are few.
local call, contains, match, form = redis.call, string.find, string.match, string.format
-- The marker expires at a moment that lies far off: how long it has left says that it is there, and what time it is, in one call.
local left = call('PTTL', KEYS[1])
if left < 0 then return {'NOBOOT'} end
local now = ARGV[4] - left
local AGENT, LINE = ARGV[1], ARGV[2]
local taken, lines = {}, {}

local function words_of(needs)
    local words = {}
    for word in string.gmatch(needs, '[^|]+') do words[#words + 1] = word end
    return words
end

-- As they stand in an agent's text; without the one whose line is looked through.
local function marks_of(words, but)
    local marks = {}
    for i = 1, #words do
        if i ~= but then marks[#marks + 1] = '|' .. words[i] .. '|' end
    end
    return marks
end

local function has_all(skills, marks)
    for i = 1, #marks do
        if not contains(skills, marks[i], 1, true) then return false end
    end
    return true
end

local function read(session)
    local a = call('HMGET', AGENT .. session, 'state', 'lease', 'agent', 'epoch', 'conference', 'since')
    a.free = a[1] == 'Available'
    a.here = tonumber(a[2] or '0') > now
    return a
end

-- The lines still name him: whoever meets him there strikes him out, and so does putting him as Reserved.
local function take(session, a, which)
    taken[session] = true
    call('HMSET', AGENT .. session, 'state', 'Reserved', 'epoch', form('%.0f', a[4] + 1), 'hold', form('%.0f', now + ARGV[3]))
    return {session, a[3], a[4], a[5], which, a[6]}
end

-- The line of one word (of everybody for ''), as much of it as was read by now: agents from 1 to read, of whom gone were struck out.
local function line_of(word)
    local line = lines[word]
    if not line then
        line = {key = LINE .. word, read = 0, gone = 0}
        lines[word] = line
    end
    return line
end

-- Numbers go to Redis as text of our making: its own way of writing a double costs more than the command.
local function read_on(line, many)
    local from = line.read - line.gone
    local heads = call('ZRANGE', line.key, form('%d', from), form('%d', from + many - 1))
    local n = #heads
    if line.read == 0 then line.heads = heads
    else
        local all, at = line.heads, line.read
        for i = 1, n do all[at + i] = heads[i] end
    end
    line.read = line.read + n
    line.ended = n < many
end

local function shortest(words)
    local line, own
    for i = 1, #words do
        local each = line_of(words[i])
        if not each.size then each.size = call('ZCARD', each.key) end
        if not line or each.size < line.size then line, own = each, i end
    end
    return line, own
end

-- So many of the first line are looked at before the lengths are asked for: the first two readings.
local TRIED = 24

local function find(needs, which)
    local words = words_of(needs)
    local line, settled, at = line_of(words[1] or ''), #words < 2, 1
    local marks = marks_of(words, 1)
    while true do
        if at > line.read then
            if not settled and at > TRIED and not line.ended then
                local best, own = shortest(words)
                settled = true
                -- What was looked at in vain has to be passed in the other line too: it must be much shorter to be worth it.
                if best.size * 2 < line.size - line.read then line, marks, at = best, marks_of(words, own), 1 end
            end
            if at > line.read then
                if line.ended then return nil end
                read_on(line, at > 1 and 16 or #words > 1 and 8 or 1)
                if at > line.read then return nil end
            end
        end
        local heads, first = line.heads, marks[1]
        for i = at, line.read do
            local head = heads[i]
            if head and (not first or contains(head, first, 1, true)) and has_all(head, marks) then
                local session = match(head, '^[^|]+')
                local a = not taken[session] and read(session)
                if a and a.free and a.here then return take(session, a, which) end
                if a and not a.free then
                    call('ZREM', line.key, head)
                    heads[i] = false
                    line.gone = line.gone + 1
                end
            end
        end
        at = line.read + 1
    end
end

local out, at = {}, 5
while ARGV[at] do
    local session, n = ARGV[at], tonumber(ARGV[at + 1])
    local found
    if session ~= '' then
        local a = read(session)
        if a.free and a.here then
            local skills = call('HGET', AGENT .. session, 'skills') or ''
            for i = 1, n do
                if not found and has_all(skills, marks_of(words_of(ARGV[at + 1 + i]))) then found = take(session, a, 0) end
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
