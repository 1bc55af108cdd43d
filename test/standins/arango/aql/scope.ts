import type { Json } from '../json.ts'

/** The variables that one row has. */
export class Scope {
  private readonly name: string
  private readonly value: Json
  private readonly parent: Scope | null

  constructor(name = '', value: Json = null, parent: Scope | null = null) {
    this.name = name
    this.value = value
    this.parent = parent
  }

  get(name: string): Json {
    for (let scope: Scope | null = this; scope !== null; scope = scope.parent)
      if (scope.name === name) return scope.value
    return null
  }

  with(name: string, value: Json): Scope {
    return new Scope(name, value, this)
  }

  /** The variables that came after `outer`. */
  since(outer: Scope): Record<string, Json> {
    const found: Record<string, Json> = {}
    for (let scope: Scope | null = this; scope !== null && scope !== outer; scope = scope.parent)
      if (!(scope.name in found)) found[scope.name] = scope.value
    return found
  }
}
