const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/**
 * Built-in functions whose result depends on their arguments and on fixed settings alone, and which touch nothing. Those that
 * take SQL or the name of an object as text, change or read the server's or the session's state, or wait, are not here.
 */
export const pureFunctions: ReadonlySet<string> = new Set(
  words(`
    abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees div erf
    erfc exp factorial floor gamma gcd lcm lgamma ln log log10 min_scale mod pi power pow radians round scale sign sin sind sinh
    sqrt tan tand tanh trim_scale trunc width_bucket
    ascii bit_count bit_length btrim casefold char_length character_length chr concat concat_ws convert_from convert_to decode
    encode format get_bit get_byte initcap left length like like_escape lower lpad ltrim md5 normalize is_normalized
    notlike octet_length overlay parse_ident position quote_ident quote_literal quote_nullable regexp_count regexp_instr
    regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat
    replace reverse right rpad rtrim set_bit set_byte sha224 sha256 sha384 sha512 crc32 crc32c similar_escape
    similar_to_escape split_part starts_with string_to_array string_to_table strpos substr substring to_ascii to_bin to_hex
    to_oct translate unicode_assigned unistr upper
    date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days justify_hours justify_interval make_date
    make_interval make_time make_timestamp make_timestamptz overlaps timezone to_char to_date to_number to_timestamp
    array_agg avg any_value bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank every
    first_value json_agg json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique
    json_object_agg_unique_strict jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique
    jsonb_object_agg_unique_strict lag last_value lead max min mode nth_value ntile percent_rank percentile_cont
    percentile_disc range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy row_number stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance
    array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
    array_prepend array_remove array_replace array_reverse array_sort array_to_json array_to_string array_upper cardinality
    generate_series generate_subscripts trim_array unnest
    json_array_elements json_array_elements_text json_array_length json_build_array json_build_object json_each json_each_text
    json_extract_path json_extract_path_text json_object json_object_keys json_populate_record json_populate_recordset
    json_strip_nulls json_to_record json_to_recordset json_typeof jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_concat jsonb_contains jsonb_delete jsonb_delete_path
    jsonb_each jsonb_each_text jsonb_exists jsonb_exists_all jsonb_exists_any jsonb_extract_path jsonb_extract_path_text
    jsonb_insert jsonb_object jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array
    jsonb_path_query_first jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax
    jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof row_to_json to_json to_jsonb
    daterange datemultirange int4range int4multirange int8range int8multirange isempty lower_inc lower_inf multirange
    nummultirange numrange range_merge tsmultirange tsrange tstzmultirange tstzrange upper_inc upper_inf
    num_nonnulls num_nulls greatest least nullif
    uuid_extract_timestamp uuid_extract_version
    numnode phraseto_tsquery plainto_tsquery setweight strip to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd tsquery_phrase
    tsvector_to_array websearch_to_tsquery
    abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network set_masklen
    area box center circle diagonal diameter height isclosed isopen line lseg npoints path pclose point polygon popen
    radius slope width
    xmlcomment
  `),
)

/** Built-in functions that are as harmless, but whose result changes with the time, with chance or with who asks. */
export const varyingFunctions: ReadonlySet<string> = new Set(
  words(`
    age clock_timestamp now statement_timestamp timeofday transaction_timestamp
    gen_random_uuid random random_normal uuidv4 uuidv7
  `),
)

/** Functions of TimescaleDB that read nothing but their arguments; the others of an extension may do anything. */
export const timescaleFunctions = ['time_bucket', 'first', 'last', 'histogram'] as const

/** The settings that dbsvc.enter makes for a request; others tell of the server, or hold the context's token. */
export const readableSettings: ReadonlySet<string> = new Set([
  'app.current_company_id',
  'app.current_user_id',
  'app.current_service',
])
