-- One row of `flights` (a plane that pushes back) to one row of features.
-- `row_id` goes through untouched: it ties features to their row wherever this runs.
SELECT
  flights.row_id,
  flights.delay > 15                                    AS late,
  hour(flights.date) + minute(flights.date) / 60.0      AS hour,
  isodow(flights.date)                                  AS weekday,
  flights.distance                                      AS distance,
  flights.origin                                        AS origin,
  flights.destination                                   AS destination,
  departure.latitude                                    AS origin_latitude,
  departure.longitude                                   AS origin_longitude,
  arrival.latitude                                      AS destination_latitude,
  arrival.longitude                                     AS destination_longitude
FROM flights
LEFT JOIN airports AS departure ON departure.iata = flights.origin
LEFT JOIN airports AS arrival   ON arrival.iata = flights.destination
