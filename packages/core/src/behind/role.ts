/** Whether this process drains its log. Where others share it, that changes: each change begins a new term. */
export class Role {
  following = false
  term = 0

  become(following: boolean): void {
    this.following = following
    this.term += 1
  }
}
