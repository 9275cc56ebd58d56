import type { LoggedWrite, WriteLog } from '../behind/write-log.js'

/** What the suite needs of a test runner and of chai's `assert`. */
export interface WriteLogSuite {
  describe(title: string, body: () => void): unknown
  /** `it(title, body)`; where there are titles in `skip`, it has `it.skip(title)`, so that each is seen as left out. */
  readonly it: ((title: string, body: () => Promise<void>) => unknown) & { skip?: (title: string) => unknown }
  readonly assert: {
    deepEqual<T>(actual: T, expected: T, message?: string): void
    strictEqual<T>(actual: T, expected: T, message?: string): void
    isUndefined(actual: unknown, message?: string): void
  }
  /** A log that is empty and open. The suite closes it. */
  make(): Promise<WriteLog>
  /** For a durable log: closes this one, or lets it die, and opens it anew. */
  reopen?(log: WriteLog): Promise<WriteLog>
  /** For a log that processes share: the same log as another process has it, open. The suite calls `share` of both and closes it. */
  beside?(log: WriteLog): Promise<WriteLog>
  /** With `beside`: keeps back all that this process sends, until the answer is called; then it lands. */
  silence?(log: WriteLog): () => void
  /** Titles of tests that a log deviates from, each with its reason. */
  readonly skip?: Readonly<Record<string, string>>
}

/** A write with all its fields, of which a test names those that matter to it. */
export function aWrite(fields: Partial<LoggedWrite> = {}): LoggedWrite {
  return {
    id: 'w1',
    cache: 'visits',
    key: 'user:1',
    operation: 'Visits.add',
    payloadVersion: 1,
    payload: '["1",1]',
    enqueuedAt: 1_700_000_000_000.5,
    attempts: 0,
    ...fields,
  }
}
