import { covered, get, prove, script } from './script.js'

/**
 * After loads of one turn. KEYS: control, entry and lease of each, the records of all tags. ARGV from 6: ms of the records, how many
 * fills, then of each: token, inc, generation, t0, ms of the entry, tags and text, how many tags, the places of their records. What is
 * proven up to now bears the position of now. Answers of each whether it is stored, and if not, why.
 */
export const fill = script(
  'fill',
  prove,
  get,
  `
local recordLife, count = ARGV[6], tonumber(ARGV[7])
local first = 2 + 2 * count
local records, kept = look(first, #KEYS), {}
local function fill(entryName, leaseName, at)
  local token, inc, mine, t0, life, body = unpack(ARGV, at, at + 5)
  t0 = tonumber(t0)
  local lease, wrong = get(leaseName)
  if wrong then return 'failed', wrong end
  local held = lease == token .. ' ' .. inc
  local function refuse(why)
    if held then redis.call('DEL', leaseName) end
    return 'refused', why
  end
  if not c or c.inc ~= inc or generationOf(c) ~= mine then return refuse('cleared') end
  if not held then return refuse(c.n > t0 and 'fenced' or 'lost') end
  local stands = true
  for i = at + 7, at + 6 + tonumber(ARGV[at + 6]) do
    local record = tonumber(ARGV[i])
    if not prove(records, record, t0) then stands = false end
    if not kept[record] then keep(KEYS[first - 1 + record], records[record], recordLife) end
    kept[record] = true
  end
  if not stands then return refuse('tagged') end
  keep(entryName, c.inc .. ' ' .. number(c.n) .. ' ' .. token .. ' ' .. body, life)
  redis.call('DEL', leaseName)
  return 'stored', false
end
local answer, at = { 'done', false, false }, 8
for i = 2, first - 2, 2 do
  answer[2 + i], answer[3 + i] = fill(KEYS[i], KEYS[i + 1], at)
  at = at + 7 + tonumber(ARGV[at + 6])
end
return answer
`,
)

/**
 * After a write. KEYS: control, entry, lease, records of the value's tags, all that goes, records of the tags that the
 * same call invalidates. A value is set first, so that a full memory refuses all of it; an eviction deletes first. ARGV from 6: token, inc, t0, ms of the entry, ms of the records, tags and text, how many records,
 * how many go, '1' when the same call clears the cache, names. Stored, or, when overtaken, evicted.
 */
export const put = script(
  'put',
  covered,
  prove,
  `
local token, inc, t0, life, recordLife, body = ARGV[6], ARGV[7], tonumber(ARGV[8]), ARGV[9], ARGV[10], ARGV[11]
local borne, gone = 3 + tonumber(ARGV[12]), 3 + tonumber(ARGV[12]) + tonumber(ARGV[13])
local why, records = nil, {}
if not c or c.inc ~= inc or generationOf(c) ~= generation then why = 'cleared'
elseif redis.call('GET', KEYS[3]) ~= token .. ' ' .. inc then why = 'fenced'
else
  records = look(4, borne)
  for i = 1, #records do if not prove(records, i, t0) then why = 'tagged' end end
end
if not c then c = born() end
if ARGV[14] == '1' then c.inc, c.n, c.m = fresh, 0, 0 end
c.n, c.r = c.n + 1, fresh
if why then
  redis.call('DEL', KEYS[2])
else
  for i = 4, borne do
    keep(KEYS[i], ARGV[14] == '1' and c.inc .. ' 0 0' or records[i - 3], recordLife)
  end
  keep(KEYS[2], c.inc .. ' ' .. number(c.n) .. ' ' .. token .. ' ' .. body, life)
end
redis.call('DEL', KEYS[3])
drop(borne + 1, gone)
for i = gone + 1, #KEYS do
  c.m = c.n
  keep(KEYS[i], c.inc .. ' ' .. number(c.n) .. ' ' .. number(c.n), recordLife)
end
save(c)
tell(before, c, ARGV[15])
return { why and 'evicted' or 'stored', show(c), before }
`,
)
