import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** How far a warm run came, in a file of the application's folder, so that the next one goes on from there. */
export class Checkpoint {
  readonly path: string

  constructor(folder: string, task: string) {
    this.path = join(folder, '.cachesmith', `warm-${encodeURIComponent(task)}.json`)
  }

  /** 0 where there is none, or where it cannot be read: then everything is warmed. */
  read(): number {
    try {
      const { done } = JSON.parse(readFileSync(this.path, 'utf8')) as { done?: unknown }
      return Number.isSafeInteger(done) && (done as number) > 0 ? (done as number) : 0
    } catch {
      return 0
    }
  }

  /** Replaces the file in one step: a run that is killed meanwhile leaves the one before. */
  write(done: number): void {
    mkdirSync(dirname(this.path), { recursive: true })
    writeFileSync(`${this.path}.new`, `${JSON.stringify({ done, at: new Date().toISOString() })}\n`)
    renameSync(`${this.path}.new`, this.path)
  }

  remove(): void {
    rmSync(this.path, { force: true })
  }
}
