/** How the command ended: 0 well · 1 what was asked for failed · 2 it was not understood, or its configuration is wrong. */
export type ExitCode = 0 | 1 | 2

/** What the user is told in one line; anything else that is thrown is a bug and keeps its stack. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly code: ExitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
