import { fail } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Session } from '../session.ts'
import { Scope } from './scope.ts'
import type { Query } from './tree.ts'

export interface Statistics {
  writesExecuted: number
  writesIgnored: number
  scannedFull: number
  scannedIndex: number
  filtered: number
  fullCount?: number
}

export interface Warning {
  readonly code: number
  readonly message: string
}

export interface ExecutionOptions {
  /** In seconds; 0 is without end. */
  readonly maxRuntime: number
  readonly failOnWarning: boolean
  readonly maxWarningCount: number
  /** Count what the last LIMIT of the query leaves out. */
  readonly fullCount: boolean
}

/** What all parts of one query's evaluation share. */
export class Execution {
  readonly session: Session
  readonly statistics: Statistics = {
    writesExecuted: 0,
    writesIgnored: 0,
    scannedFull: 0,
    scannedIndex: 0,
    filtered: 0,
  }
  readonly warnings: Warning[] = []
  /** Milliseconds; the same for the whole query, as DATE_NOW() is. */
  readonly nowMs = Date.now()
  /** Where the query itself begins, and no subquery. */
  readonly outermost = new Scope()
  /** Evaluates a subquery. */
  readonly run: (query: Query, scope: Scope, execution: Execution) => Json[]
  private readonly deadline: number
  private readonly options: ExecutionOptions

  constructor(session: Session, options: ExecutionOptions, run: Execution['run']) {
    this.session = session
    this.options = options
    this.run = run
    this.deadline = options.maxRuntime === 0 ? Number.POSITIVE_INFINITY : performance.now() + options.maxRuntime * 1000
  }

  /** Whether a LIMIT in a query that begins there shall count the rows that it leaves out. */
  countsLimited(outer: Scope): boolean {
    return this.options.fullCount && outer === this.outermost
  }

  /** Called for every row. Throws 1500 when the query has run for too long. */
  tick(): void {
    if (performance.now() > this.deadline) fail(1500, 'AQL: query killed (while executing)')
  }

  /** Waits, which keeps the whole server waiting, and no longer than the query may run. */
  sleep(seconds: number): void {
    const until = Math.min(performance.now() + seconds * 1000, this.deadline + 1)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.max(0, until - performance.now()))
    this.tick()
  }

  warn(code: number, message: string): null {
    if (this.options.failOnWarning) fail(code, `AQL: ${message} (while executing)`)
    if (this.warnings.length < this.options.maxWarningCount) this.warnings.push({ code, message })
    return null
  }
}
