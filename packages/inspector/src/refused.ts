/** A request that is answered with an error: its status, a code for programs, and a message that says what to do. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

/** A parameter or a field that is missing or wrong. */
export const wrongInput = (message: string): Refused => new Refused(400, 'INPUT', message)
