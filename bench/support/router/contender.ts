import type { Workload } from './workloads.ts'

/** A way from a calling service to the rows of a company. */
export interface Contender {
  readonly name: 'dbsvc' | 'dbsvc, cached' | 'control' | 'handwritten' | 'direct' | 'pgbouncer'
  /** For the printed configuration. */
  readonly description: string
  /** One request of a company; the rows as arrays of text. @throws whatever is no success */
  ask(company: string, workload: Workload, values: readonly string[]): Promise<readonly (readonly unknown[])[]>
  stop(): Promise<void>
}
