/** Whether this process drains its log. Where others share it, that changes: each change begins a new term. */
export class Role {
  following = false
  /** 0: nobody has said that others share the log. */
  term = 0

  become(following: boolean): void {
    this.following = following
    this.term += 1
  }
}
