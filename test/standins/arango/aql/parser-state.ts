import { fail } from '../errors.ts'
import type { Json } from '../json.ts'
import { failAt, type Token, type TokenKind, tokenize } from './lexer.ts'
import type { Query } from './tree.ts'

export type BindVars = Readonly<Record<string, Json>>

/** Where the parser is, and what it has seen: variables in scope, bind parameters used, collections written to. */
export class ParserState {
  readonly modified = new Set<string>()
  readonly collections = new Set<string>()
  private readonly query: string
  private readonly bindVars: BindVars
  private readonly tokens: readonly Token[]
  private readonly usedBinds = new Set<string>()
  private scopes: Set<string>[] = [new Set()]
  private position = 0
  /** How many brackets are open. */
  private depth = 0
  private inDepth: number | null = null
  private readonly parseQuery: (state: ParserState) => Query

  constructor(query: string, bindVars: BindVars, parseQuery: (state: ParserState) => Query) {
    this.query = query
    this.bindVars = bindVars
    this.tokens = tokenize(query)
    this.parseQuery = parseQuery
  }

  get token(): Token {
    return this.peek(0)
  }

  peek(ahead: number): Token {
    return this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)] as Token
  }

  next(): Token {
    const { token } = this
    this.position += 1
    if (token.kind === 'operator' && '([{'.includes(token.text)) this.depth += 1
    if (token.kind === 'operator' && ')]}'.includes(token.text)) this.depth -= 1
    return token
  }

  /** Whether the token at hand is one of these keywords or operators. */
  is(...texts: readonly string[]): boolean {
    return (this.token.kind === 'keyword' || this.token.kind === 'operator') && texts.includes(this.token.text)
  }

  /** Words such as OPTIONS, which are names elsewhere. */
  isWord(word: string, token: Token = this.token): boolean {
    return token.kind === 'name' && token.text.toUpperCase() === word
  }

  accept(...texts: readonly string[]): boolean {
    const found = this.is(...texts)
    if (found) this.next()
    return found
  }

  acceptWord(word: string): boolean {
    const found = this.isWord(word)
    if (found) this.position += 1
    return found
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`expecting ${text}`)
  }

  take(kind: TokenKind): string {
    return this.token.kind === kind ? this.next().text : this.fail(`expecting a ${kind}`)
  }

  fail(expected: string): never {
    const { text, offset } = this.token
    failAt(this.query, offset, `unexpected ${text}, ${expected}`)
  }

  /** The value of a bind parameter. Throws 1551 when it has none. */
  bindValue(name: string): Json {
    this.usedBinds.add(name)
    return (
      this.bindVars[name] ??
      (name in this.bindVars
        ? null
        : fail(1551, `AQL: no value specified for declared bind parameter '${name}' (while parsing)`))
    )
  }

  /** Throws 1552 for a value that the query has no parameter for. */
  checkBindsUsed(): void {
    for (const name of Object.keys(this.bindVars))
      if (!this.usedBinds.has(name))
        fail(1552, `AQL: bind parameter '${name}' was not declared in the query (while parsing)`)
  }

  /** The name of a collection, as it is or as a bind parameter. */
  takeCollection(): string {
    const { kind, text } = this.next()
    if (kind === 'name' || kind === 'string') return this.note(text)
    if (kind === 'collectionBind') return this.note(this.collectionBind(text))
    this.position -= 1
    return this.fail('expecting the name of a collection')
  }

  collectionBind(name: string): string {
    const value = this.bindValue(`@${name}`)
    return typeof value === 'string' ? value : fail(1553, `AQL: bind parameter '@${name}' has an invalid value or type`)
  }

  /** Remembers that the query reads the collection. Throws 1579 when it has written to it before. */
  readCollection(name: string): string {
    if (this.modified.has(name)) fail(1579, `AQL: access after data-modification by ${name} (while parsing)`)
    return this.note(name)
  }

  isVariable(name: string): boolean {
    return this.scopes.some((scope) => scope.has(name))
  }

  /** Throws 1511 for a variable that exists. */
  declare(name: string): string {
    if (this.isVariable(name)) fail(1511, `AQL: variable '${name}' is assigned multiple times (while parsing)`)
    return this.define(name)
  }

  /** Pseudo-variables such as NEW may be there already. */
  define(name: string): string {
    this.scopes.at(-1)?.add(name)
    return name
  }

  /** Takes away the variables of this query that COLLECT ends. */
  forget(): void {
    this.scopes.at(-1)?.clear()
  }

  /** Parses an expression that IN ends, unless it stands in brackets. */
  withoutIn<Result>(parse: () => Result): Result {
    const outer = this.inDepth
    this.inDepth = this.depth
    try {
      return parse()
    } finally {
      this.inDepth = outer
    }
  }

  /** Whether IN is an operator here. */
  get hasIn(): boolean {
    return this.inDepth !== this.depth
  }

  within<Result>(parse: () => Result): Result {
    this.scopes.push(new Set())
    try {
      return parse()
    } finally {
      this.scopes.pop()
    }
  }

  subquery(): Query {
    return this.within(() => this.parseQuery(this))
  }

  private note(name: string): string {
    this.collections.add(name)
    return name
  }
}
