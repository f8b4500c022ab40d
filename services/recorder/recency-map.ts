// Keys with values, in the order in which they were last set. What was set longest ago can be taken out at once.

export class RecencyMap<Value> {
  private readonly map = new Map<string, Value>();
  /** Stands behind all that was taken: to begin anew each time would step over every place that became empty since the map last grew. */
  private order = this.map.keys();

  get size(): number {
    return this.map.size;
  }

  get(key: string): Value | undefined {
    return this.map.get(key);
  }

  has(key: string): boolean {
    return this.map.has(key);
  }

  set(key: string, value: Value): void {
    this.map.delete(key);
    this.map.set(key, value);
  }

  delete(key: string): void {
    this.map.delete(key);
  }

  takeOldest(): Value | undefined {
    let { value: key, done } = this.order.next();
    if (done === true) {
      this.order = this.map.keys();
      ({ value: key, done } = this.order.next());
    }
    if (key === undefined) return undefined;
    const value = this.map.get(key);
    this.map.delete(key);
    return value;
  }
}
