import { covered, prove, script } from './script.js'

/**
 * After a load. KEYS: control, entry, lease, records of the tags. ARGV from 6: token, inc, t0, ms of the entry, ms of
 * the records, tags and text. What is proven up to now bears the position of now.
 */
export const fill = script(
  'fill',
  prove,
  `
local token, inc, t0, life, recordLife, body = ARGV[6], ARGV[7], tonumber(ARGV[8]), ARGV[9], ARGV[10], ARGV[11]
local held = redis.call('GET', KEYS[3]) == token .. ' ' .. inc
local function refuse(why)
  if held then redis.call('DEL', KEYS[3]) end
  return { 'refused', why }
end
if not c or c.inc ~= inc or generationOf(c) ~= generation then return refuse('cleared') end
if not held then return refuse(c.n > t0 and 'fenced' or 'lost') end
local why, records = prove(4, #KEYS, t0)
for i = 1, #KEYS - 3 do keep(KEYS[3 + i], records[i], recordLife) end
if why then return refuse(why) end
keep(KEYS[2], c.inc .. ' ' .. number(c.n) .. ' ' .. token .. ' ' .. body, life)
redis.call('DEL', KEYS[3])
return { 'stored' }
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
local why, records
if not c or c.inc ~= inc or generationOf(c) ~= generation then why = 'cleared'
elseif redis.call('GET', KEYS[3]) ~= token .. ' ' .. inc then why = 'fenced'
else why, records = prove(4, borne, t0) end
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
