/** A column as the specification (Database Service) names it. */
export interface SpecifiedColumn {
  readonly type: string
  readonly notNull?: true
  /** Matches its default. */
  readonly value?: RegExp
}

const varchar = (length: number): string => `character varying(${length})`
const key = { type: varchar(50), notNull: true } as const
const now = { type: 'timestamp with time zone', value: /^now\(\)$/ } as const
const active = { type: varchar(20), value: /^'active'/ } as const
const jsonb = { type: 'jsonb' } as const

/** Every table of the specification, with its columns; a company's tables are looked for in company_abc. */
export const specification: Readonly<Record<string, Readonly<Record<string, SpecifiedColumn>>>> = {
  market_data: {
    id: { type: 'bigint', notNull: true },
    company_id: key,
    user_id: { type: varchar(50) },
    symbol: { type: varchar(20), notNull: true },
    tick_data: jsonb,
    timestamp: now,
  },
  trading_ticks: {
    time: { type: 'timestamp with time zone' },
    company_id: { type: varchar(50) },
    user_id: { type: varchar(50) },
    symbol: { type: varchar(20) },
    bid: { type: 'numeric(10,5)' },
    ask: { type: 'numeric(10,5)' },
    volume: { type: 'integer' },
    spread: { type: 'numeric(6,2)' },
  },
  'private_shared.trading_ticks': {
    time: { type: 'timestamp with time zone', notNull: true },
    company_id: key,
    user_id: key,
    symbol: { type: varchar(20), notNull: true },
  },
  ai_predictions: {
    time: { type: 'timestamp with time zone' },
    company_id: { type: varchar(50) },
    user_id: { type: varchar(50) },
    symbol: { type: varchar(20) },
    prediction_type: { type: varchar(50) },
    confidence: { type: 'numeric(3,2)' },
    model_version: { type: varchar(20) },
    features: jsonb,
    result: jsonb,
  },
  'private_shared.ai_predictions': {
    time: { type: 'timestamp with time zone', notNull: true },
    company_id: key,
    user_id: key,
    symbol: { type: varchar(20), notNull: true },
    prediction_type: key,
    confidence: { type: 'numeric(3,2)', notNull: true },
  },
  tenant_configurations: {
    company_id: key,
    config_key: { type: varchar(100), notNull: true },
    config_value: { type: 'jsonb', notNull: true },
    updated_at: now,
  },
  service_registry: {
    service_name: key,
    service_host: { type: varchar(255), notNull: true },
    service_port: { type: 'integer', notNull: true },
    health_endpoint: { type: varchar(255) },
    status: active,
    last_heartbeat: now,
    metadata: jsonb,
  },
  'tenant_company_abc.users': {
    user_id: key,
    email: { type: varchar(255), notNull: true },
    subscription_tier: { type: varchar(20), notNull: true },
    subscription_limits: jsonb,
    created_at: now,
    updated_at: now,
  },
  'tenant_company_abc.mt5_accounts': {
    account_id: { type: 'bigint', notNull: true },
    user_id: { type: varchar(50) },
    account_number: key,
    broker: { type: varchar(100) },
    account_type: { type: varchar(20) },
    balance: { type: 'numeric(15,2)' },
    equity: { type: 'numeric(15,2)' },
    margin: { type: 'numeric(15,2)' },
    status: active,
    created_at: now,
  },
  'tenant_company_abc.trading_history': {},
  'tenant_company_abc.trading_signals': {},
}
