-- One car to one row of features.
SELECT
  cars.row_id,
  cars.Miles_per_Gallon                       AS miles_per_gallon,
  cars.Cylinders                              AS cylinders,
  cars.Displacement                           AS displacement,
  cars.Horsepower                             AS horsepower,
  cars.Weight_in_lbs                          AS weight,
  cars.Acceleration                           AS acceleration,
  cars.Horsepower / cars.Weight_in_lbs * 1000 AS power_to_weight,
  year(cars.Year) - 1970                      AS model_year,
  cars.Origin                                 AS origin,
  split_part(cars.Name, ' ', 1)               AS maker
FROM cars
