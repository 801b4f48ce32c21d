"""For each check of a plugin: the likely cause of a failure, and the fix."""

__all__ = ["ADVICE", "ERRORS"]

_SHAPE = "compute row by row, along dimension 1 only, and multiply by the masks before summing"

ERRORS: dict[str, tuple[str, str]] = {
    "Declined": (
        "the learner declines the small synthetic data of this suite, which have content of every "
        "kind",
        "decline only what is impossible; a learner of other data cannot be checked here",
    ),
    "Diverged": (
        "a loss, figure or prediction that is NaN or infinite: 0 / 0, log(0), or too high a rate",
        "lower the learning rate, clamp divisors (.clamp(min=1)), check the loss in train_epoch",
    ),
}

ADVICE: dict[str, tuple[str, str]] = {
    # learners
    "contract_is_declared": (
        "the class declares no `contract`, or that of another version of coldbench",
        "set `contract = 2` in the class, after reading the changelog",
    ),
    "space_is_legal": (
        "a misspelt option in `space`, or a bound that the option's Field forbids",
        "name options of the configuration only, with bounds that its Fields allow",
    ),
    "configuration_is_plain": (
        "an option without a default, or of a type JSON cannot represent: an array, a function",
        "write `name: type = default`, with numbers, texts, booleans, lists or pydantic models",
    ),
    "answers_are_ratings": (
        "a dimension wrongly summed or kept, a list or NumPy array instead of a tensor, "
        "a division by 0, or training arrays changed in place (they are read-only)",
        "return a torch.Tensor of the shape of batch.query_mask, one rating for each query",
    ),
    "same_answer_twice": (
        "a generator seeded from the clock or not at all, or state shared between learners",
        "draw from the `rng` that __init__ and train_epoch are given "
        "(torch: coldbench.torch_generator(rng)); keep no state on the class or module",
    ),
    "prediction_is_pure": (
        "an in-place operation (+=, sub_) on the batch, training in predict, or dropout left on",
        "copy (.clone()) what you change or adapt to a user; call .eval(); draw no random numbers",
    ),
    "order_does_not_matter": (
        "a sum, mean or recurrence that runs over the episodes of the batch",
        _SHAPE,
    ),
    "batch_mates_do_not_matter": (
        "statistics over the batch (batch norm, a mean over dimension 0)",
        f"{_SHAPE}; use layer norm instead of batch norm",
    ),
    "other_queries_do_not_matter": (
        "a mean, norm, ranking or attention over the queries: which items are queried reveals "
        "what the user rated",
        "compute each query from the support and that query alone",
    ),
    "padding_does_not_matter": (
        "padded cells counted as ratings: a mean without the mask, or softmax over padding",
        "multiply by batch.support_mask and divide by its sum; before a softmax, "
        "masked_fill(~mask, -inf)",
    ),
    "targets_are_never_seen": (
        "ratings read from a file, from the cache, or from objects of the harness",
        "learn only from the TrainingData given to train_epoch and from the support in a batch; "
        "a package may read files of its own, nothing else",
    ),
    "earlier_work_does_not_matter": (
        "state on the class or the module, or in a file, that one job leaves to the next; or "
        "something stored while predicting; or the clock, a process id or a hash of an object",
        "keep all that is learned in attributes of the learner; change none of them in predict",
    ),
    "a_part_of_the_tasks_is_enough": (
        "supports or queries of other test users are used: pooled over a pass, over a batch, or "
        "counted by their order",
        f"{_SHAPE}; a SequentialLearner may use the users before, never those to come",
    ),
    "errors_are_possible": (
        "the learner knows the ratings that it is asked to predict",
        "look for the file or object that it has them from; nothing that coldbench hands to a "
        "learner holds them",
    ),
    "short_supports_work": (
        "a division by the number of support ratings, or a tensor of size 0",
        "use .clamp(min=1) on counts, and fall back to the training ratings without support",
    ),
    "unknown_content_works": (
        "an embedding table without a row for unknown values (id 0), or NaN in a number field",
        "give embeddings `size` rows; replace NaN (coldbench.category_ids does both)",
    ),
    "no_content_works_or_is_declined": (
        "the learner assumes that the catalogue has fields",
        'in __init__: `if not domain.catalogue.item_fields: raise Declined("needs content")`',
    ),
    "another_scale_works": (
        "a hard-coded scale of 1 to 5",
        "read domain.scale, or learn the mean of the training ratings",
    ),
    "copies_predict_alike": (
        "an attribute that cannot be copied: a lambda, an open file, a generator",
        "keep tensors, arrays, torch modules and plain values as attributes only",
    ),
    "stored_model_predicts_alike": (
        "something that predictions need is no attribute of the learner, or `state` leaves it out",
        "keep all that is learned in attributes; where a trained learner has objects that a new "
        "one lacks, define `state` and `restore` (docs/adding-a-learner.md)",
    ),
    "global_generators_are_left_alone": (
        "torch.rand, np.random or nn.Dropout outside __init__, or a call of manual_seed",
        "draw from the `rng` of train_epoch: torch.rand(..., generator=coldbench."
        "torch_generator(rng)), also for dropout masks; draw nothing in predict",
    ),
    "ratings_matter": (
        "predict uses nothing that train_epoch learns, nor batch.support_value",
        "store what train_epoch learns in attributes; use them, or batch.support_value, in predict",
    ),
    "learning_beats_chance": (
        "predictions off the rating scale, nothing learned, or training that rarely succeeds",
        "return ratings, not residuals or logits; check that train_epoch changes attributes, and "
        "that its loss falls within the three epochs of this suite: try another learning rate",
    ),
    # data sets
    "dataset_declares_itself": (
        "a missing attribute",
        "set summary, licence and source on the class, and `contract = 1`",
    ),
    "options_have_defaults": (
        "an option without a default",
        "give each a default; a path may be `Path | None = None`",
    ),
    "key_is_stable": (
        "a key that is not 64 hexadecimal digits, or that depends on the time or a path",
        "return coldbench.content_key(name, options, {file name: bytes})",
    ),
    "ratings_are_well_formed": (
        "a file, column or scale that load() misdescribes, or a Ratings built by hand",
        "return coldbench.from_frames(frame, scale=(low, high, step), ...), which "
        "checks a frame with the columns user, item and rating, and makes dense indices",
    ),
    "values_lie_on_the_scale": (
        "a scale that does not match the data",
        "set scale=(low, high, step) from the data's documentation",
    ),
    "loading_repeats": (
        "random sampling, or an order that depends on a set or a hash",
        "sort; draw from numpy.random.default_rng(self.config.seed)",
    ),
    "survives_the_cache": (
        "arrays of Python objects, or two fields of one name",
        "numbers as int32 / float32, texts as str; each field name once for users, once for items",
    ),
    "content_is_no_rating_statistic": (
        "a mean rating or an average score among the content: it contains the test ratings",
        "drop that column",
    ),
    "a_protocol_finds_tasks": (
        "too few ratings per user: a task of `separate` needs 13 of warm, or of cold, items",
        "use a larger sample, or `--set protocol.min_ratings=5 --set protocol.query=3`",
    ),
    # metrics
    "metric_declares_itself": (
        "the entry point names a function, or the Metric has another name",
        "name a coldbench.Metric object whose `name` is that of the entry point",
    ),
    "value_is_one_finite_number": (
        "an array, None or NaN, or a division by zero for one query, constant scores, or ratings "
        "of 0 and below",
        "return float(...); define the value for one query and equal scores; a metric that needs "
        "the scale is a Metric(..., scaled=True) of function(value, score, episode, scale)",
    ),
    "range_holds": (
        "low and high are swapped or too narrow",
        "declare the range that the formula can reach, None for no bound",
    ),
    "perfect_is_best": (
        "lower_is_better is wrong, or value and score are swapped",
        "the function's arguments are (value, score, episode): true ratings first",
    ),
    "order_of_rows_does_not_matter": (
        "the metric depends on the order in which queries are stored",
        "sort within episodes by score or value, and treat ties equally",
    ),
    "names_of_episodes_do_not_matter": (
        "episode numbers used as values or positions",
        "start with `_, episode = np.unique(episode, return_inverse=True)`",
    ),
    "input_is_left_alone": (
        "an in-place operation (+=, sort(), clip(out=))",
        "work on copies",
    ),
}
