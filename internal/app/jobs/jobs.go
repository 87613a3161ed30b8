// Package jobs runs what takes longer than somebody waits for an answer: it keeps each
// job in the store, works on a few at a time and on one a lane, tells how far they are,
// and goes on with those whose process died.
//
// A new kind of jobs is a [Kind], which the command that serves hands to [New]:
//
//   - The package of use cases that does the work (a floor above this one) has a
//     function that returns the Kind, with the permissions that it takes, its lane, and
//     Do. It has a use case that starts one: it names its permission, refuses what
//     cannot be, and calls [Runner.Start] with the name of the kind and what was asked
//     for, which is kept as JSON.
//   - Do reads that by [Task.Request], works at [Task.Desk], which is that of whoever
//     started the job, tells how far it is by [Task.Progress], and returns the result.
//     An error that has a sentence (locale.Error) is shown; a store that is busy or out
//     of reach is tried again later, with the cursor that was kept.
//   - A job may be cut off at any moment, and done again from its cursor by another
//     process. What must not be done twice is written at the desk of a [Task.Step], in
//     one change with the cursor behind it. A job that has no cursor begins anew, which
//     has to do no harm.
//   - A kind for which that cannot be (a fix that was cut off between two calls to AWS)
//     has Attention: its jobs never go on by themselves, and Attention says by which
//     command or page a person does. A handler may also return a [NeedsPerson].
//   - When its context ends, Do returns soon. [context.Cause] is [ErrStopped] where
//     somebody stopped the job, and [ErrClosing] where the process ends: then it keeps
//     its cursor, finishes nothing, and returns the error.
package jobs
