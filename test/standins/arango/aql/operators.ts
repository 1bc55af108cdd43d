import type { Json } from '../json.ts'
import type { Execution } from './execution.ts'
import { likeToRegExp, regExpOf } from './patterns.ts'
import type { ArithmeticOperator, ComparisonOperator } from './tree.ts'
import { compareValues, finite, isEqual, toNumber, toText } from './values.ts'

export function arithmetic(operator: ArithmeticOperator, left: Json, right: Json, execution: Execution): Json {
  const one = toNumber(left)
  const other = toNumber(right)
  if ((operator === '/' || operator === '%') && other === 0) return execution.warn(1562, 'division by zero')
  return finite(calculate[operator](one, other))
}

export function compare(operator: ComparisonOperator, left: Json, right: Json): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right)
    case '!=':
      return !isEqual(left, right)
    case '<':
      return compareValues(left, right) < 0
    case '<=':
      return compareValues(left, right) <= 0
    case '>':
      return compareValues(left, right) > 0
    case '>=':
      return compareValues(left, right) >= 0
    case 'IN':
      return isIn(left, right)
    case 'NOT IN':
      return !isIn(left, right)
    case 'LIKE':
      return likeToRegExp(toText(right), false).test(toText(left))
    case 'NOT LIKE':
      return !likeToRegExp(toText(right), false).test(toText(left))
    case '=~':
      return regExpOf(toText(right), false).test(toText(left))
    case '!~':
      return !regExpOf(toText(right), false).test(toText(left))
  }
}

const calculate: Readonly<Record<ArithmeticOperator, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '%': (one, other) => one % other,
}

function isIn(value: Json, list: Json): boolean {
  return Array.isArray(list) && list.some((item) => isEqual(item, value))
}
