import { bareScript } from './script.js'

/**
 * What every script of a write log begins with. KEYS: epoch, lease, order, rows, claims, dead, count, bell (a channel). ARGV 1: the epoch under which the caller
 * owns the log; '' for one who never did, and who may act only while nobody does. An older epoch is refused for good, whatever
 * the lease says: somebody else has read the log since.
 */
const fence = `
local order, rows, claims, dead = KEYS[3], KEYS[4], KEYS[5], KEYS[6]
if ARGV[1] == '' then
  if redis.call('EXISTS', KEYS[2]) == 1 then return { 'owned' } end
elseif redis.call('GET', KEYS[1]) ~= ARGV[1] then return { 'lost' } end
`

/**
 * ARGV: token, lease ms, the epoch held so far or ''. Who holds the log keeps it, past its lease too, unless another took it
 * since. Answers the epoch: a number and the token, so that one of a log that was emptied is another.
 */
export const own = bareScript(
  'own',
  `
local token, life, held = ARGV[1], ARGV[2], ARGV[3]
if held ~= '' then
  if redis.call('GET', KEYS[1]) ~= held then return { 'lost' } end
elseif redis.call('EXISTS', KEYS[2]) == 1 then return { 'owned' }
else
  held = string.format('%.0f', (string.match(redis.call('GET', KEYS[1]) or '', '^%d+') or 0) + 1) .. ' ' .. token
  redis.call('SET', KEYS[1], held)
end
redis.call('SET', KEYS[2], token, 'PX', life)
return { 'own', held }
`,
)

/** ARGV: token. Who may not publish has it found out at the next turn: `pcall` lets that be. */
export const disown = bareScript(
  'disown',
  `
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('DEL', KEYS[2])
  redis.pcall('PUBLISH', KEYS[8], 'free')
end
return { 'ok' }
`,
)

/**
 * Anybody may append. ARGV 1: author · 2: the place up to which the caller, who owns the log, knows it, or '' · 3: how many of its earlier
 * writes were rejected and may stand here · their ids: they go, unless a drain has begun with them, so that none comes back behind these
 * · then id, row and claim (or '') of each write. Answers the last place, then id and row of what others appended since, all of it before these.
 */
export const append = bareScript(
  'append',
  `
local author, known, first = ARGV[1], ARGV[2], 4 + ARGV[3]
for i = 4, first - 1 do
  if redis.call('HEXISTS', KEYS[5], ARGV[i]) == 0 then
    redis.call('ZREM', KEYS[3], ARGV[i])
    redis.call('HDEL', KEYS[4], ARGV[i])
  end
end
local answer = { 'ok', '' }
if known ~= '' then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. known, '+inf')) do
    local row = redis.call('HGET', KEYS[4], id)
    if row and string.sub(row, 1, #author + 1) ~= author .. ' ' then
      answer[#answer + 1] = id
      answer[#answer + 1] = row
    end
  end
end
for i = first, #ARGV, 3 do
  redis.call('HSET', KEYS[4], ARGV[i], author .. ' ' .. ARGV[i + 1])
  redis.call('ZADD', KEYS[3], redis.call('INCR', KEYS[7]), ARGV[i])
  if ARGV[i + 2] ~= '' then redis.call('HSET', KEYS[5], ARGV[i], ARGV[i + 2]) end
end
answer[2] = redis.call('GET', KEYS[7]) or '0'
if known == '' and first <= #ARGV then redis.pcall('PUBLISH', KEYS[8], 'more') end
return answer
`,
)

/** ARGV: ids. Answers those that are no longer pending. */
export const gone = bareScript(
  'gone',
  `
local answer = { 'ok' }
for _, id in ipairs(ARGV) do
  if redis.call('HEXISTS', KEYS[4], id) == 0 then answer[#answer + 1] = id end
end
return answer
`,
)

/** One page of what is pending. ARGV: score behind which it begins, how many. Answers the last score, then id, row, claim of each. */
export const page = bareScript(
  'page',
  `
local found = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local answer = { 'ok', found[#found] or '' }
for i = 1, #found, 2 do
  answer[#answer + 1] = found[i]
  answer[#answer + 1] = redis.call('HGET', KEYS[4], found[i])
  answer[#answer + 1] = redis.call('HGET', KEYS[5], found[i])
end
return answer
`,
)

/** ARGV from 2: id and group of each. What deletes comes first, so that a full Redis takes it. */
export const claim = bareScript(
  'claim',
  fence,
  `
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', rows, ARGV[i]) == 1 then
    local attempts = string.match(redis.call('HGET', claims, ARGV[i]) or '', '^%d+') or '0'
    redis.call('HDEL', claims, ARGV[i])
    redis.call('HSET', claims, ARGV[i], string.format('%.0f', tonumber(attempts) + 1) .. ' ' .. ARGV[i + 1])
  end
end
return { 'ok' }
`,
)

const forget = `
local function forget(id)
  redis.call('ZREM', order, id)
  redis.call('HDEL', rows, id)
  redis.call('HDEL', claims, id)
end
`

/** ARGV from 2: ids. */
export const done = bareScript(
  'done',
  fence,
  forget,
  `
for i = 2, #ARGV do forget(ARGV[i]) end
return { 'ok' }
`,
)

/** ARGV from 2: time and reason as text, then ids. A grave: place in the order, lengths of the first three parts, then all parts. */
export const bury = bareScript(
  'bury',
  fence,
  forget,
  `
for i = 3, #ARGV do
  local id = ARGV[i]
  local row, place, claimed = redis.call('HGET', rows, id), redis.call('ZSCORE', order, id), redis.call('HGET', claims, id) or ''
  if row then
    forget(id)
    redis.call('HSET', dead, id, #place .. ' ' .. #claimed .. ' ' .. #ARGV[2] .. ' ' .. place .. claimed .. ARGV[2] .. row)
  end
end
return { 'ok' }
`,
)

/** All graves. */
export const graves = bareScript(
  'graves',
  `
local answer = { 'ok' }
local all = redis.call('HGETALL', KEYS[6])
for i = 1, #all, 2 do
  local a, b, c, from = string.match(all[i + 1], '^(%d+) (%d+) (%d+) ()')
  local place, claimed, about = from + a, from + a + b, from + a + b + c
  answer[#answer + 1] = all[i]
  answer[#answer + 1] = string.sub(all[i + 1], about)
  answer[#answer + 1] = string.sub(all[i + 1], place, claimed - 1)
  answer[#answer + 1] = string.sub(all[i + 1], claimed, about - 1)
  answer[#answer + 1] = string.sub(all[i + 1], from, place - 1)
end
return answer
`,
)

/** Anybody may. ARGV: author, id. It stands at the end of the order then, as if the author had appended it. */
export const revive = bareScript(
  'revive',
  `
local order, rows, dead = KEYS[3], KEYS[4], KEYS[6]
local grave = redis.call('HGET', dead, ARGV[2])
if not grave then return { 'ok' } end
local a, b, c, from = string.match(grave, '^(%d+) (%d+) (%d+) ()')
local row = ARGV[1] .. string.match(string.sub(grave, from + a + b + c), ' .*')
redis.call('HDEL', dead, ARGV[2])
redis.call('HSET', rows, ARGV[2], row)
redis.call('ZADD', order, redis.call('INCR', KEYS[7]), ARGV[2])
return { 'ok', row }
`,
)

/** Anybody may. ARGV: id. */
export const discard = bareScript('discard', `return { 'ok', redis.call('HDEL', KEYS[6], ARGV[1]) }`)
