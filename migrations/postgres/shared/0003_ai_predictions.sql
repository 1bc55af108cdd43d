-- Up Migration
create table ai_predictions (
  time timestamptz not null,
  company_id varchar(50) not null,
  user_id varchar(50) not null,
  symbol varchar(20) not null check (symbol <> ''),
  prediction_type varchar(50) not null check (prediction_type in ('buy', 'sell', 'hold')),
  confidence numeric(3, 2) not null check (confidence between 0 and 1),
  model_version varchar(20),
  features jsonb,
  result jsonb
);
create index ai_predictions_symbol on ai_predictions (company_id, symbol, time desc);

select dbsvc.create_time_series('ai_predictions', 'time', chunk => interval '6 hours', company_partitions => 4, ahead => interval '7 days');

-- Down Migration
select dbsvc.drop_time_series('ai_predictions');
