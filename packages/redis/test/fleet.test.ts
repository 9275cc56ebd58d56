import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { assert } from 'chai'
import { type Admin, connectAdmin } from './admin.js'
import { skipServers, startRedis, type TestRedis } from './servers.js'
import { eventually } from './support.js'

/** A process of its own that loads what it is told to. */
class Member {
  readonly said: string[] = []
  readonly #child: ChildProcess

  constructor(
    url: string,
    readonly name: string,
  ) {
    const program = join(import.meta.dirname, 'load-until-killed.js')
    this.#child = spawn(process.execPath, [program, url, name], { stdio: ['pipe', 'pipe', 'inherit'] })
    // One that was killed does not read what it is told.
    this.#child.stdin!.on('error', () => {})
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.said.push(line))
  }
  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
  hasSaid(line: string): boolean {
    return this.said.some((one) => one.startsWith(line))
  }
}

describe('four processes on one Redis', () => {
  let server: TestRedis
  let admin: Admin
  let fleet: Member[] = []
  before(async function () {
    this.timeout(20_000)
    if (skipServers) this.skip()
    server = await startRedis()
    admin = await connectAdmin(server)
    fleet = ['one', 'two', 'three', 'four'].map((name) => new Member(server.url, name))
    await eventually('all are ready', async () => fleet.every((member) => member.hasSaid('ready')), 15_000)
  })
  after(async () => {
    for (const member of fleet) member.signal('SIGKILL')
    admin?.end()
    await server?.stop()
  })
  const loading = (key: string) => fleet.filter((member) => member.hasSaid(`loading ${key}`))
  const values = (key: string) =>
    fleet.flatMap((member) => member.said.filter((line) => line.startsWith(`value ${key} `)))
  const someoneLoads = (key: string) => eventually(`someone loads ${key}`, async () => loading(key).length > 0)

  it('C9 load a key once, and all get its value', async () => {
    await admin.forget()
    for (const member of fleet) member.tell('load a')
    await someoneLoads('a')
    // Each has asked for the right: four scripts at least.
    await eventually('all have asked', async () => ((await admin.calls()).evalsha ?? 0) >= 4)
    for (const member of fleet) member.tell('finish a')
    await eventually('all have a value', async () => values('a').length === 4)
    assert.lengthOf(loading('a'), 1)
    assert.equal(new Set(values('a')).size, 1)
  })

  it('C10 refuse what a process stored that was stopped past its lease', async function () {
    this.timeout(15_000)
    fleet[0]!.tell('load b')
    await someoneLoads('b')
    fleet[0]!.signal('SIGSTOP')
    fleet[1]!.tell('load b')
    await eventually('another loads', async () => fleet[1]!.hasSaid('loading b'))
    fleet[1]!.tell('finish b')
    await eventually('it has its value', async () => fleet[1]!.hasSaid('value b of two'))
    fleet[0]!.signal('SIGCONT')
    fleet[0]!.tell('finish b')
    await eventually('the late one has its own', async () => fleet[0]!.hasSaid('value b of one'))
    fleet[2]!.tell('load b')
    await eventually('the third finds', async () => fleet[2]!.hasSaid('value b'))
    assert.isTrue(fleet[2]!.hasSaid('value b of two'))
  })

  it('C9 begin anew within lease and 100 ms when the loader is killed', async function () {
    this.timeout(15_000)
    for (const member of fleet) member.tell('load c')
    await someoneLoads('c')
    const [holder] = loading('c')
    holder!.signal('SIGKILL')
    const waited = await eventually('another loads', async () => loading('c').length > 1)
    assert.isBelow(waited, 500 + 100 + 400)
    // Who has waited for a lease's time loads for itself and stores nothing: it may be more than one by now.
    await eventually('the rest have a value', async () => {
      for (const member of loading('c')) if (member !== holder) member.tell('finish c')
      return values('c').length === 3
    })
  })
})
