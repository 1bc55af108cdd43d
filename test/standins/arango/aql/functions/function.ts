import type { Json } from '../../json.ts'
import type { Execution } from '../execution.ts'

export interface AqlFunction {
  readonly min: number
  readonly max: number
  readonly call: (args: readonly Json[], execution: Execution) => Json
}

export type Family = Readonly<Record<string, AqlFunction>>

export const many = 1000

/** A function of `min` to `max` arguments. Those that a call leaves out are null. */
export function aqlFunction(min: number, max: number, call: AqlFunction['call']): AqlFunction {
  return {
    min,
    max,
    call: (args, execution) =>
      call(max === many ? args : Array.from({ length: max }, (_, index) => args[index] ?? null), execution),
  }
}

/** As ArangoDB does with an argument of the wrong type: a warning, and null. */
export function wrongType(execution: Execution, name: string): null {
  return execution.warn(1542, `invalid argument type in call to function '${name}()'`)
}

/** A function of one array. */
export function ofArray(name: string, call: (items: readonly Json[]) => Json): AqlFunction {
  return aqlFunction(1, 1, ([list = null], execution) =>
    Array.isArray(list) ? call(list) : wrongType(execution, name),
  )
}
