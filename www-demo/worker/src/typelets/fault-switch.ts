import { Share } from "../share";
import { hasTable } from "../tables";
import { NO_FAULTS, type DosedFault, type Faults } from "./faults";

/** A hub's faults. Where the server does not allow any, there are none, whatever is stored. */
export class FaultSwitch {
  private shares = new Map<DosedFault, Share>();

  constructor(
    private readonly sql: SqlStorage,
    readonly allowed: boolean,
  ) {}

  create(): void {
    this.sql.exec("CREATE TABLE fault (faults TEXT NOT NULL)");
    this.sql.exec("INSERT INTO fault (faults) VALUES (?)", JSON.stringify(NO_FAULTS));
  }

  current(): Faults {
    if (!this.allowed || !hasTable(this.sql, "fault")) return NO_FAULTS;
    return JSON.parse(this.sql.exec<{ faults: string }>("SELECT faults FROM fault").one().faults);
  }

  /** Takes the place of all earlier faults, and begins anew to count. */
  set(faults: Faults): void {
    this.shares = new Map();
    this.store(faults);
  }

  /** Whether the fault happens to the next that it can happen to, which this counts as one. */
  takes(name: DosedFault): boolean {
    const faults = this.current();
    const dose = faults[name];
    if ("share" in dose) return this.share(name).takes(dose.share);
    const { next, after = 0 } = dose;
    if (after > 0) this.store({ ...faults, [name]: { next, after: after - 1 } });
    else if (next > 0) this.store({ ...faults, [name]: { next: next - 1 } });
    return after === 0 && next > 0;
  }

  private share(name: DosedFault): Share {
    const share = this.shares.get(name) ?? new Share();
    this.shares.set(name, share);
    return share;
  }

  private store(faults: Faults): void {
    this.sql.exec("UPDATE fault SET faults = ?", JSON.stringify(faults));
  }
}
