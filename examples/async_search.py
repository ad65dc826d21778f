"""Searches that are awaited, several at once, while the event loop goes on with other things."""

import asyncio

from searchlib import Index, Schema, Text

index = Index(Schema({"title": Text()}, languages=["vi", "fr", "en"]))
TITLES = ["Quốc hội Việt Nam", "L’été à Montréal", "Summer in the city", "Hội An mùa hè"]


async def tick(done: asyncio.Event) -> bool:
    """Something else that the program does."""
    ticks = 0
    while not done.is_set():
        await asyncio.sleep(0)
        ticks += 1
    return ticks > 0


async def main() -> None:
    done = asyncio.Event()
    ticking = asyncio.create_task(tick(done))

    result = await index.aadd({"id": str(n), "title": title} for n, title in enumerate(TITLES))
    print("added:", result.added)

    queries = ["quoc hoi", "ete", "city", "mua he"]
    found = await asyncio.gather(*(index.asearch(query, highlight=True) for query in queries))
    for query, result_of_one in zip(queries, found, strict=True):
        print(f"{query}: {result_of_one.hits[0].highlights['title'][0]}")

    print("all:", sorted([document["title"] async for document in index.adocuments()]))

    def change() -> None:  # several changes as one: a block in a thread
        with index.writer() as writer:
            writer.update({"id": "2", "title": "Winter in the city"})
            writer.delete("3")

    await asyncio.to_thread(change)
    print("then:", await index.aget("2"), "of", (await index.astats()).documents)

    done.set()
    print("the loop went on meanwhile:", await ticking)


asyncio.run(main())
