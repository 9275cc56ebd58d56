import { fork } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Database } from './database.js'
import { temporaryFolder } from './temporary.js'

const child = fileURLToPath(new URL('./crash-child.js', import.meta.url))
const kills = 3
const visitsOfALife = 400

/** A process records visits and is killed with some pending, thrice; the last one only drains. Answers the exit code. */
export async function crash(places: string, json: boolean): Promise<number> {
  const folder = await temporaryFolder(join(tmpdir(), 'gazetteer-crash-'))
  const copy = join(folder, 'places.db')
  await copyFile(places, copy, constants.COPYFILE_FICLONE)
  let acknowledged = 0
  let asked = 0
  for (let life = 1; life <= kills; life++) {
    const told = await live(folder, 'record', visitsOfALife)
    acknowledged += told.acknowledged
    asked += told.asked
    if (!json) console.log(`life ${life}: ${told.acknowledged} visits acknowledged, then kill -9`)
  }
  const inBetween = await visitsIn(copy)
  await live(folder, 'drain')
  const inDatabase = await visitsIn(copy)
  const ok = inDatabase >= acknowledged && inDatabase <= asked
  if (json) console.log(JSON.stringify({ kills, acknowledged, asked, inDatabase, ok }))
  else {
    console.log(`killed: ${inBetween} of them were in the database, the rest in the write log`)
    console.log(`started again: ${inDatabase} in the database, of ${acknowledged} acknowledged and ${asked} asked for`)
    console.log(ok ? 'No visit is lost, and none counted twice.' : 'THE VISITS ARE WRONG.')
  }
  return ok ? 0 : 1
}

/** One life of the application: with `until`, killed as soon as so many visits were acknowledged. */
async function live(folder: string, way: 'record' | 'drain', until = Infinity) {
  const life = fork(child, [folder, way], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const told = { acknowledged: 0, asked: 0 }
  life.on('message', (message) => {
    if (message === 'acknowledged') told.acknowledged++
    else told.asked++
    if (told.acknowledged === until) life.kill('SIGKILL')
  })
  const [code] = (await once(life, 'close')) as [number | null]
  if (way === 'drain' && code !== 0) throw new Error(`the process that drains ended with ${code}`)
  return told
}

async function visitsIn(file: string): Promise<number> {
  const database = await Database.open(file)
  try {
    const row = await database.get<{ total: number }>('SELECT coalesce(sum(count), 0) AS total FROM visits')
    return row?.total ?? 0
  } finally {
    await database.close()
  }
}
