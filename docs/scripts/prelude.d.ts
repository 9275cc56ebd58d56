// What the blocks of the pages may use without showing it. A block that declares a name itself has its own.

interface User {
  readonly id: string
  readonly name: string
  readonly team: string
}

interface Rate {
  readonly code: string
  readonly value: number
}

/** The application's own source. */
declare const db: {
  user(id: string): Promise<User | undefined>
  users(ids: readonly string[]): Promise<User[]>
  search(text: string): Promise<User[]>
  saveUser(user: User): Promise<User>
  renameUser(id: string, name: string): Promise<User>
  removeUser(id: string): Promise<void>
  addVisits(id: string, n: number): Promise<void>
  addVisitsMany(rows: { id: string; n: number }[]): Promise<void>
  visits(id: string): Promise<number>
}

declare function fetchRate(code: string): Promise<Rate>
