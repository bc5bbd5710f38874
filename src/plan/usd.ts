/** US dollars as people read them; a cycle on a laptop's data costs less than a cent. Pure. */
export const usd = (amount: number): string => `${amount.toFixed(amount > 0 && amount < 0.1 ? 4 : 2)} USD`;
