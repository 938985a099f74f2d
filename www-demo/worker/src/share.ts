/** Takes a share of what comes, spread evenly and not drawn by lot: a test that passes does so every time. */
export class Share {
  private owed = 0;

  takes(share: number): boolean {
    this.owed += share;
    if (this.owed < 1) return false;
    this.owed -= 1;
    return true;
  }
}
