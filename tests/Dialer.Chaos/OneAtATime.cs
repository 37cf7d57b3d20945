// Each test is a call centre of three processes on a fast clock: two at once on a small machine would measure the machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
