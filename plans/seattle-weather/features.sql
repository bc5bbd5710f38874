-- One day at the station to one row of features.
SELECT
  days.row_id,
  days.weather                               AS weather,
  days.precipitation                         AS precipitation,
  ln(1 + days.precipitation)                 AS precipitation_log,
  days.temp_max                              AS temp_max,
  days.temp_min                              AS temp_min,
  days.temp_max - days.temp_min              AS temp_range,
  days.wind                                  AS wind,
  cos(2 * pi() * dayofyear(days.date) / 366) AS winter,
  sin(2 * pi() * dayofyear(days.date) / 366) AS spring
FROM days
