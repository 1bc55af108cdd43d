/** What came of the attempts of each family: tried, and defeated. */
export class Tally {
  readonly #engine: string
  readonly #rows = new Map<string, { tried: number; defeated: number }>()

  constructor(engine: string) {
    this.#engine = engine
  }

  count(family: string, defeated: boolean): void {
    const row = this.#rows.get(family) ?? { tried: 0, defeated: 0 }
    row.tried += 1
    if (defeated) row.defeated += 1
    this.#rows.set(family, row)
  }

  table(): string {
    const total = [...this.#rows.values()].reduce(
      (sum, row) => ({ tried: sum.tried + row.tried, defeated: sum.defeated + row.defeated }),
      { tried: 0, defeated: 0 },
    )
    const lines = [...this.#rows, ['in all', total] as const].map(([family, { tried, defeated }]) =>
      [family.padEnd(20), this.#engine.padEnd(18), String(tried).padStart(6), String(defeated).padStart(9)].join(''),
    )
    return [`${'family'.padEnd(20)}${'engine'.padEnd(18)} tried defeated`, ...lines].join('\n')
  }
}
