import { fail } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Execution } from './execution.ts'
import { callFunction } from './functions.ts'
import { arithmetic, compare } from './operators.ts'
import type { Scope } from './scope.ts'
import { currentVariable, type Expansion, type Expression, elementVariable, type Quantified } from './tree.ts'
import { toBool, toNumber, toText } from './values.ts'

export function evaluate(expression: Expression, scope: Scope, execution: Execution): Json {
  const value = (inner: Expression): Json => evaluate(inner, scope, execution)
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'variable':
      return scope.get(expression.name)
    case 'collection':
      // Also when there is no such collection: that is what the server says first.
      execution.session.read(expression.name)
      return fail(1568, `AQL: collection '${expression.name}' used as expression operand (while parsing)`)
    case 'array':
      return expression.items.map(value)
    case 'object':
      return Object.fromEntries(expression.entries.map(([name, inner]) => [toText(value(name)), value(inner)]))
    case 'attribute':
      return attribute(value(expression.of), value(expression.name))
    case 'expansion':
      return expand(expression, scope, execution)
    case 'call':
      return callFunction(
        expression.name,
        expression.arguments.map((inner) => argument(inner, scope, execution)),
        execution,
      )
    case 'unary':
      if (expression.operator === '!') return !toBool(value(expression.operand))
      return (expression.operator === '-' ? -1 : 1) * toNumber(value(expression.operand))
    case 'binary':
      return binary(expression, value, execution)
    case 'quantified':
      return quantify(expression, value, execution)
    case 'range':
      return [...range(expression, value)]
    case 'choice': {
      const condition = value(expression.condition)
      if (!toBool(condition)) return value(expression.no)
      return expression.yes === null ? condition : value(expression.yes)
    }
    case 'subquery':
      return execution.run(expression.query, scope, execution)
  }
}

/** The numbers of a range, upwards or downwards, one after the other. */
export function* range(
  { from, to }: Extract<Expression, { kind: 'range' }>,
  value: (inner: Expression) => Json,
): Generator<number> {
  const first = Math.trunc(toNumber(value(from)))
  const last = Math.trunc(toNumber(value(to)))
  const step = first <= last ? 1 : -1
  for (let number = first; step * number <= step * last; number += step) yield number
}

export function attribute(of: Json, name: Json): Json {
  if (Array.isArray(of)) return typeof name === 'number' ? (of.at(Math.trunc(name)) ?? null) : null
  if (!isObject(of) || typeof name === 'boolean' || name === null) return null
  const text = toText(name)
  return Object.hasOwn(of, text) ? (of[text] ?? null) : null
}

/** Functions may be given a collection, which is the list of its documents. */
function argument(expression: Expression, scope: Scope, execution: Execution): Json {
  if (expression.kind === 'collection') return execution.session.read(expression.name).all()
  return evaluate(expression, scope, execution)
}

function binary(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  value: (inner: Expression) => Json,
  execution: Execution,
): Json {
  const one = value(left)
  switch (operator) {
    case '&&':
      return toBool(one) ? value(right) : one
    case '||':
      return toBool(one) ? one : value(right)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(operator, one, value(right), execution)
    default:
      return compare(operator, one, value(right))
  }
}

function quantify(
  { quantifier, operator, left, right }: Quantified,
  value: (inner: Expression) => Json,
  execution: Execution,
): Json {
  const list = value(left)
  if (!Array.isArray(list)) return execution.warn(1563, 'array expected')
  const other = value(right)
  const count = list.filter((item) => compare(operator, item, other)).length
  if (quantifier === 'ANY') return count > 0
  return quantifier === 'ALL' ? count === list.length : count === 0
}

function expand(
  { of, levels, filter, limit, projection, rest }: Expansion,
  scope: Scope,
  execution: Execution,
): Json[] {
  const list = evaluate(of, scope, execution)
  if (!Array.isArray(list)) return []
  const items = (list as unknown[]).flat(levels - 1) as Json[]
  const scopes = items.map((item) => scope.with(currentVariable, item))
  const passing = scopes.filter((inner) => filter === null || toBool(evaluate(filter, inner, execution)))
  const offset = limit?.offset ? toNumber(evaluate(limit.offset, scope, execution)) : 0
  const end = limit === null ? undefined : offset + toNumber(evaluate(limit.count, scope, execution))
  return passing.slice(offset, end).map((inner) => {
    const element = projection === null ? inner.get(currentVariable) : evaluate(projection, inner, execution)
    return evaluate(rest, scope.with(elementVariable, element), execution)
  })
}

/** The value of an OPTIONS object. */
export function evaluateOptions(expression: Expression | null, scope: Scope, execution: Execution): JsonObject {
  if (expression === null) return {}
  const options = evaluate(expression, scope, execution)
  return isObject(options) ? options : fail(1575, 'AQL: query options must be readable at query compile time')
}
