/** Loaded before the command line: SIGUSR2 makes a fault that nobody catches, a thrown error or a rejection as FAULT says. */
process.on('SIGUSR2', () => {
  const error = new Error('a fault of the test');
  if (process.env['FAULT'] === 'rejection') void Promise.reject(error);
  else throw error;
});
