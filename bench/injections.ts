/** Known changes of one input, and the subject of the finding that each must bring. */
import type { Flight } from './flights.ts';

export interface Injection {
  readonly name: string;
  readonly kind: 'drift' | 'data';
  /** Findings of these subjects are right, of any other wrong. */
  readonly subjects: readonly string[];
  /** `at` counts the rows of a window, `luck` lies in 0..1. */
  change(flight: Flight, at: number, luck: number): Flight;
}

export function injections(origins: readonly string[]): Injection[] {
  const others = origins.slice(20, 120);
  const dropped = (most: number): Injection => {
    const gone = new Set<unknown>(origins.slice(0, most));
    return {
      ...{ name: `the ${most} largest origins under other names`, kind: 'drift', subjects: ['origin'] },
      change: (flight, _, luck) =>
        gone.has(flight.origin) ? { ...flight, origin: others[Math.floor(luck * others.length)] } : flight,
    };
  };
  const longer = (factor: number): Injection => ({
    ...{ name: `distance × ${factor}`, kind: 'drift', subjects: ['distance'] },
    change: (flight) => ({ ...flight, distance: Math.round(Number(flight.distance) * factor) }),
  });
  const later = (hours: number): Injection => ({
    ...{ name: `date ${hours} h later`, kind: 'drift', subjects: ['date.hour', 'date.weekday'] },
    change: (flight) => ({
      ...flight,
      date: new Date(Date.parse(String(flight.date)) + hours * 3_600_000).toISOString(),
    }),
  });
  const missing = (share: number): Injection => ({
    ...{ name: `distance missing in ${share * 100} %`, kind: 'data', subjects: ['distance'] },
    change: (flight, _, luck) => (luck < share ? { ...flight, distance: null } : flight),
  });
  return [
    ...[1.1, 1.3, 1.6].map(longer),
    ...[2, 5, 10].map(dropped),
    ...[1, 3, 6].map(later),
    ...[0.05, 0.2].map(missing),
    {
      ...{ name: 'distance stuck at 500', kind: 'data', subjects: ['distance'] },
      change: (flight) => ({ ...flight, distance: 500 }),
    },
    {
      ...{ name: 'distance as text in 5 %', kind: 'data', subjects: ['distance'] },
      change: (flight, at) => (at % 20 === 0 ? { ...flight, distance: String(flight.distance) } : flight),
    },
    {
      ...{ name: 'dates as 31/12/2001 in 5 %', kind: 'data', subjects: ['date'] },
      change: (flight, at) => (at % 20 === 0 ? { ...flight, date: '31/12/2001' } : flight),
    },
  ];
}
