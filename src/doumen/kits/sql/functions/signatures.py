"""How each admitted function is called, for completion: its name and those of its inputs.

Written by tools/signatures.py from the engine; change that, not this file.
"""

from __future__ import annotations

from collections.abc import Mapping

_WRITTEN = """
abs(x); acos(x); acosh(x); add(left, right); age(timestamp1, timestamp2); ago(i);
any_value(arg); approx_count_distinct(any); arbitrary(arg); arg_max(arg, val, n);
arg_max_null(arg, val); arg_max_nulls_last(arg, val, n); arg_min(arg, val, n); arg_min_null(arg,
val); arg_min_nulls_last(arg, val, n); argmax(arg, val, n); argmin(arg, val, n); array_agg(arg);
array_append(arr, el); array_apply(list, lambda); array_cat(…); array_concat(…);
array_contains(list, element); array_cosine_distance(array1, array2);
array_cosine_similarity(array1, array2); array_cross_product(array1, array2);
array_distance(array1, array2); array_distinct(list); array_dot_product(array1, array2);
array_extract(tuple, index); array_filter(list, lambda); array_grade_up(list, sort_order,
null_order); array_has(list, element); array_has_all(list1, list2); array_has_any(list1, list2);
array_indexof(list, element); array_inner_product(array1, array2); array_intersect(list1,
list2); array_length(list, dimension); array_negative_dot_product(array1, array2);
array_negative_inner_product(array1, array2); array_pop_back(arr); array_pop_front(arr);
array_position(list, element); array_prepend(el, arr); array_push_back(arr, e);
array_push_front(arr, e); array_reduce(list, lambda, initial_value); array_resize(list, size,
value); array_reverse(l); array_reverse_sort(list, null_order); array_select(value_list,
index_list); array_slice(list, begin, end, step); array_sort(list, sort_order, null_order);
array_to_json(…); array_to_string(arr, sep); array_to_string_comma_default(arr, sep);
array_transform(list, lambda); array_unique(list); array_value(…); array_where(value_list,
mask_list); array_zip(…); ascii(string); asin(x); asinh(x); atan(x); atan2(y, x); atanh(x);
avg(x); bar(x, min, max, width); base64(blob); bin(value); binom(n, k); bit_and(arg);
bit_count(x); bit_length(string); bit_or(arg); bit_position(substring, bitstring); bit_xor(arg);
bitstring(bitstring, length); bool_and(arg); bool_or(arg); cardinality(map, …); cbrt(x);
ceil(x); ceiling(x); century(ts); char_length(string); character_length(string);
chr(code_point); coalesce(value, …); concat(value, …); concat_ws(separator, string, …);
contains(struct, entry); corr(y, x); cos(x); cosh(x); cot(x); count(arg); count_if(arg);
count_star(); countif(arg); covar_pop(y, x); covar_samp(y, x); cume_dist(); current_date();
current_timestamp(); damerau_levenshtein(s1, s2); date_add(date, interval); date_diff(part,
startdate, enddate); date_part(part_list, ts); date_sub(part, startdate, enddate);
date_trunc(part, timestamp); datediff(part, startdate, enddate); datepart(part_list, ts);
datesub(part, startdate, enddate); datetrunc(part, timestamp); day(ts); dayname(ts);
dayofmonth(ts); dayofweek(ts); dayofyear(ts); days_in_month(date); decade(ts); decode(blob,
error_option); degrees(x); dense_rank(); divide(left, right); editdist3(s1, s2); element_at(map,
key); encode(string); ends_with(string, search_string); entropy(x); epoch(ts);
epoch_ms(temporal); epoch_ns(temporal); epoch_us(temporal); equi_width_bins(min, max, bin_count,
nice_rounding); era(ts); even(x); exp(x); factorial(x); favg(x); fdiv(x, y); fill(expr);
filter(list, lambda); first(arg); first_value(expr); flatten(nested_list); floor(x); fmod(x, y);
format(format, …); format_bytes(integer); formatreadabledecimalsize(bytes);
formatreadablesize(bytes); from_base64(string); from_binary(value); from_hex(value);
from_json(json, structure); from_json_strict(json, structure); fsum(arg); gamma(x); gcd(x, y);
generate_series(start, stop, step); geomean(x); geometric_mean(x); get_bit(bitstring, index);
get_current_timestamp(); grade_up(list, sort_order, null_order); greatest(arg1, …);
greatest_common_divisor(x, y); group_concat(str, arg); grouping(column, …); hamming(s1, s2);
hex(value); histogram(arg, bins); histogram_exact(arg, bins); hour(ts); if(a, b, c);
ifnull(value, other); ilike_escape(string, like_specifier, escape_character); instr(string,
search_string); is_histogram_other_bin(val); isfinite(x); isinf(x); isnan(x); isodow(ts);
isoyear(ts); jaccard(s1, s2); jaro_similarity(s1, s2, score_cutoff); jaro_winkler_similarity(s1,
s2, score_cutoff); json(x); json_array(…); json_array_length(json, path);
json_contains(haystack, needle); json_deep_merge(json1, json2, …); json_exists(json, path);
json_extract(json, path); json_extract_path(json, path); json_extract_path_text(json, path);
json_extract_string(json, path); json_group_array(x); json_group_object(n, v);
json_group_structure(x); json_insert(json, path, value); json_keys(json, path);
json_merge_patch(json1, json2, …); json_merge_patch_diff(old, new); json_normalize(json);
json_object(…); json_pretty(json); json_quote(…); json_remove(json, path); json_replace(json,
path, value); json_set(json, path, value); json_strip_nulls(json); json_structure(json);
json_transform(json, structure); json_transform_strict(json, structure); json_type(json, path);
json_valid(json); json_value(json, path); julian(ts); kahan_sum(arg); kurtosis(x);
kurtosis_pop(x); lag(col, offset, default); last(arg); last_day(ts); last_value(expr);
lcase(string); lcm(x, y); lead(col, offset, default); least(arg1, …); least_common_multiple(x,
y); left(string, count); left_grapheme(string, count); len(string); length(string);
length_grapheme(string); levenshtein(s1, s2); lgamma(x); like_escape(string, like_specifier,
escape_character); list(arg); list_any_value(l); list_append(l, e); list_apply(list, lambda);
list_approx_count_distinct(l); list_avg(l); list_bit_and(l); list_bit_or(l); list_bit_xor(l);
list_bool_and(l); list_bool_or(l); list_cat(…); list_concat(…); list_contains(list, element);
list_cosine_distance(list1, list2); list_cosine_similarity(list1, list2); list_count(l);
list_distance(list1, list2); list_distinct(list); list_dot_product(list1, list2);
list_element(string, index); list_entropy(l); list_extract(string, index); list_filter(list,
lambda); list_first(l); list_grade_up(list, sort_order, null_order); list_has(list, element);
list_has_all(list1, list2); list_has_any(list1, list2); list_histogram(l); list_indexof(list,
element); list_inner_product(list1, list2); list_intersect(list1, list2); list_kurtosis(l);
list_kurtosis_pop(l); list_last(l); list_mad(l); list_max(l); list_median(l); list_min(l);
list_mode(l); list_negative_dot_product(list1, list2); list_negative_inner_product(list1,
list2); list_pack(value, …); list_position(list, element); list_prepend(e, l); list_product(l);
list_reduce(list, lambda, initial_value); list_resize(list, size, value); list_reverse(l);
list_reverse_sort(list, null_order); list_select(value_list, index_list); list_sem(l);
list_skewness(l); list_slice(list, begin, end, step); list_sort(list, sort_order, null_order);
list_stddev_pop(l); list_stddev_samp(l); list_string_agg(l); list_sum(l); list_transform(list,
lambda); list_unique(list); list_value(value, …); list_var_pop(l); list_var_samp(l);
list_where(value_list, mask_list); list_zip(…); listagg(str, arg); ln(x); log(b, x); log10(x);
log2(x); lower(string); lpad(string, count, character); ltrim(string, characters); lttb(x, y,
n); mad(x); make_date(year, month, day); make_time(hour, minute, seconds); make_timestamp(year,
month, day, hour, minute, seconds); make_timestamp_ms(nanos); make_timestamp_ns(nanos);
make_timestamptz(year, month, day, hour, minute, seconds, timezone); map(keys, values);
map_concat(…); map_contains(map, key); map_contains_entry(map, key, value);
map_contains_value(map, value); map_entries(map); map_extract(map, key); map_extract_value(map,
key); map_from_entries(map); map_keys(map); map_values(map); max(arg, n); max_by(arg, val, n);
md5(string); md5_number_lower(param); md5_number_upper(param); mean(x); median(x);
microsecond(ts); millennium(ts); millisecond(ts); min(arg, n); min_by(arg, val, n); minute(ts);
mismatches(s1, s2); mod(left, right); mode(x); month(ts); monthname(ts); multiply(left, right);
nanosecond(tsns); nextafter(x, y); nfc_normalize(string); normalized_interval(interval);
not_ilike_escape(string, like_specifier, escape_character); not_like_escape(string,
like_specifier, escape_character); now(); nth_value(expr, n); ntile(num_buckets); nullif(a, b);
octet_length(blob); ord(string); overlay(string, replacement, start, count); parse_dirname(path,
separator); parse_dirpath(path, separator); parse_filename(string, trim_extension, separator);
parse_formatted_bytes(string); parse_path(path, separator); path_join(path, …); percent_rank();
pi(); position(string, search_string); pow(x, y); power(x, y); prefix(string, search_string);
printf(format, …); product(arg); quantile(x, quantile); quantile_cont(x, quantile);
quantile_disc(x, quantile); quarter(ts); radians(x); range(start, stop, step); rank();
rank_dense(); regexp_escape(string); regexp_extract(string, regex, name_list, options);
regexp_extract_all(string, regex, name_list, options); regexp_full_match(string, regex,
options); regexp_matches(string, regex, options); regexp_replace(string, regex, replacement,
options); regexp_split_to_array(string, regex, options); regr_avgx(y, x); regr_avgy(y, x);
regr_count(y, x); regr_intercept(y, x); regr_r2(y, x); regr_slope(y, x); regr_sxx(y, x);
regr_sxy(y, x); regr_syy(y, x); repeat(value, count); replace(string, source, target);
reverse(string); right(string, count); right_grapheme(string, count); round(x, precision);
round_even(x, precision); roundbankers(x, precision); row(…); row_number(); row_to_json(…);
rpad(string, count, character); rtrim(string, characters); second(ts); sem(x);
set_bit(bitstring, index, new_value); sha1(value); sha256(value); sign(x); signbit(x); sin(x);
sinh(x); skewness(x); split(string, separator); split_part(string, delimiter, position);
sqrt(x); starts_with(string, search_string); stddev(x); stddev_pop(x); stddev_samp(x);
str_split(string, separator); str_split_regex(string, regex, options); strftime(format, data);
string_agg(str, arg); string_split(string, separator); string_split_regex(string, regex,
options); string_to_array(string, separator); strip_accents(string); strlen(string);
strpos(string, search_string); strptime(text, formatlist); struct_concat(…);
struct_contains(struct, entry); struct_extract(tuple, index); struct_extract_at(struct, index);
struct_has(struct, entry); struct_indexof(struct, entry); struct_insert(struct, …);
struct_keys(struct); struct_pack(…); struct_position(struct, entry); struct_update(struct, …);
struct_values(struct); substr(string, start, length); substring(string, start, length);
substring_grapheme(string, start, length); subtract(left, right); suffix(string, search_string);
sum(arg); sumkahan(arg); switch(key, map, value); tan(x); tanh(x); time_bucket(bucket_width,
timestamp, timezone); timezone(timezone, timestamp); timezone_hour(ts); timezone_minute(ts);
to_base(number, radix, min_length); to_base64(blob); to_binary(value); to_centuries(integer);
to_days(integer); to_decades(integer); to_hex(value); to_hours(integer); to_json(…);
to_microseconds(integer); to_millennia(integer); to_milliseconds(double); to_minutes(integer);
to_months(integer); to_quarters(integer); to_seconds(double); to_timestamp(sec);
to_weeks(integer); to_years(integer); today(); transaction_timestamp(); translate(string, from,
to); trim(string, characters); trunc(x, precision); try_strptime(text, format);
typeof(expression); ucase(string); unbin(value); unhex(value); unicode(string); unnest(list);
upper(string); url_decode(string); url_encode(string); uuid_extract_timestamp(uuid);
uuid_extract_version(uuid); var_pop(x); var_samp(x); variance(x); wavg(value, weight); week(ts);
weekday(ts); weekofyear(ts); weighted_avg(value, weight); xor(left, right); year(ts);
yearweek(ts)
"""

SIGNATURES: Mapping[str, str] = {
    one.partition("(")[0]: one for one in " ".join(_WRITTEN.split()).split("; ")
}
"""Name, in lower case, to its signature: `date_trunc(part, timestamp)`."""
