"""English reading, on sentences of our own in the manner of each kind."""

from __future__ import annotations

import pcre2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiquette.model import Kind
from postiquette.policies.language.folding import fold
from postiquette.policies.language.index_making import KnownBy
from postiquette.policies.language.matching import Regex
from postiquette.policies.language.patterns import Language, languages
from postiquette.policies.language.reader import read

ASKS = """
guys lets get this trending
Our choir needs tenors! Please share with your network / friends.
Merci de faire tourner un max
Je cherche un vélo pour ma fille à Nantes. Un petit RT ?
The library closes in May. Sign the petition and get everyone you know to do the same.
If you only retweet one thing today, make it this: blood donors are needed by nine
Would anyone mind giving this a boost? The spare room is free from May.
Be a star and retweet: school fair on Saturday, bouncy castle!
The more people see this the better. The crossing has been broken since October.
Signal boost: the helpline needs volunteers, training paid.
Would really help if you shared it. Our hall needs a roof.
Pls RT!
RT if you miss the old harbour
Share this with a neighbour who needs it
Tag someone who'd climb this
Help us spread the word
Let's get this to 500 reposts
Tell your mates about Friday
🔁 if you agree
Like & share to win
@user could you RT this please?
share if this helped
Vote today #PleaseRT
read this #RetweetThis
Flu jabs are free #SpreadTheWord
the road is shut #RT
now on sale #retweet
RT pls
RT!
The dog is lost (RT)
RTs appreciated
Can everyone in the parish groups pass this round?
You should all be sharing this.
A fiver helps, so does a share.
if u see this and ur from york rt
Put this in front of anyone who hires.
me ayudarían un montón si lo suben a sus historias
Avisen a sus papás y abuelos
Cuéntenselo a los papás que no están en el grupo.
Que tout le monde relaie cette vidéo avant ce soir
Faites-lui de la pub
Gebt's weiter: die Fähre fährt heute nicht
Wär mega wenn ihr das mal in eure Story packt
Não deixe de compartilhar.
Recomende nosso podcast pra sua tia
Chiedo la vostra condivisione
Help je mee dit rond te vertellen?
お友だちにもお声がけいただけるとうれしいです
ياليت تعبونه وتنشرونه
gruplarınıza atarsanız çok sevinirim
Tanıdığı olan ulaştırsın bu haberi
kirim info lowongan ini ke adik kelasmu
अपने रिश्तेदारों से भी करवाएँ
RT = life saver
Let everyone know
let people know about it
Join us and bring a friend
invite your friends
Sign and share this petition
Follow and RT to win
Ask your friends to vote
help us reach more people
let's get this trending
make this go viral
got to get the word out
Great article to share with anyone who gardens
share our post in your story
yes, please RT my lunch
don't keep it to yourself
don't forget to share
RT 4 RT
pls rt
plz share
let's get this to 1k reposts
please R T
r.t. please
ʀᴛ if you care
please retw33t
p\u200bls R\u200bT
Sorry to hear it. :( RT if you miss the old pier! RT
Keep spreading the word about the fair on the green
Could two of my followers please copy and repost this post?
If you can help, even if it's just a retweet, please do.
It only takes three seconds to RT
You should invite others too.
Please #RT the new timetable
Doors open at nine. RT and tell your colleagues
If you want to share something, share this!
RT boletín si lo lees, FAV si no
Which is the better bridge? RT - stone Like - iron
Another choir needs us 🇮🇪🇮🇪RT & FOLLOW🇮🇪
Nuevo vídeo en el canal. ¡RT y participa!
¿La cantamos otra vez? Hagamos RT
Retuitea y di cuál es tu puente favorito
Fil à lire et à partager : les marées du mois
Dê RT neste tweet e siga a banda
RT terus, jangan kasih kendor!
just bloody share it already
for pete's sake RT this
Ajude pelo menos com RT
RT @user: please share, the school is shut
""".strip().splitlines()

DOES_NOT_ASK = """
@nora RT que rica tarde de mar
@nora Muchas gracias. Lo voy a difundir
No todos pueden pasarlo con alguien tan alegre como tú
Los mejores discos del puerto. Pasen a ver la lista completa
¿Os quejáis del frío? Díselo a ellos
HERKES HADDİNİ BİLSİN!
Bana ekmek almaktan bahset
Nora bugün ses ver
Manda esse homem de volta pra cadeia
Mostra pra essa gente quem é que manda!
Alle, die unsere Werte teilen, sind in unserem Chor willkommen
Fragt eure Omas, die waren dabei
Herken jij dit? Deel dan jouw klacht
Hasil kerja sudah banyak, tinggal meneruskan yang lain
Latihan terus, jangan kasih kendor sampai menang
Comparte @nora la columna sobre el puente
The bloody share price fell again
The goat won again >RT
Re-sharing my list of bridges if anyone needs it
Let's share our thoughts after the concert
Nairn & Co. tell the world about their new boat
This table lets 8 people play at once
I was lost until I saw someone mention it in the choir group
Why did @nora retweet this drawing of a kettle?
たしかに猫はかわいい＞RT
今度おれが料理をみんなに教えてやる。
猫好きの友人を引き連れて参加します！
この祭りがもっと広がってほしい気持ちで絵を描きました
Een mens die wegvliegt, terugkomt, deelt en vertelt
habis masak terus di posting
ongkos kirim ke seluruh indonesia naik lagi
semua foto otomatis posting ke twitter
cerita paling lucu apa, ayo share di sini
My uncle laughs every time I mention him in a talk.
En ucuz çaydanlık hangisi? Mümkünse link paylaşabilir misin?
Reposting this classic: when does the clock go back?
It has been deleting posts, then re-posting them.
I would quote-retweet this with a roast if you weren't private
Our aims: clear, useful and shareable
Please keep sharing your week with the group
Please share photos, my aunt would love them
Can anybody share survey programs for maps?
Just give us a shout when you land
RT and fav numbers are still on the page
What can make a song go viral?
Small business trend #baking
This deserves a wider public
Let the council know how you feel
A boost for solar power
Add them to the group?
I can't see a refer a friend in my menu
Lovely evening @ The Anchor in the harbour
Tell your stories and be kind
Be like the ferry and keep it moving, he said, and kept it moving
Why do you need a RT from me?
That deserves a retweet
I'll finish the map and share it.
How do people find old posts and RT them?
I had to delete that one and repost it
Open the app, Dan Gilbert added a lesson
Lee Gilbert added a lesson to the group
Teile und herrsche, so war es schon immer
Die Stadt teilt mit, dass die Brücke gesperrt ist
Unser Bäcker macht Werbung für sein Brot
RT voor neef @wim: hij verkoopt zijn gitaar
Laat mensen gewoon binnenkomen
Hoe meer je weet hoe beter het gaat
retweet: vanavond op de radio
RT: 東京の天気が荒れています
あたりを見回してください
よろしくお伝えください
早く届け
興味のある方がいたらお声がけください
Kita kawal pembangunan jembatan ini
vi chiamate tutti con lo stesso nome
hipster-indie
Bunlar sizlerle #paylaş'tığım çaylar
Any books I could follow up, pls?
Davon hatte ich auch geh?rt.
Mi sembra il caso di ri-condividere questo interessante sito sulle api
A escola sabe da importância da visibilidade de nossa arte
Aprendendo a programar hoje #dart
Kann man da mehrere Karten auf einmal weiterleiten oder geht nur eine?
The API lets other programs post and share to a feed.
Never forget to share the toys
Anyone got tips on how to get the word out about a small fair?
Tell people what you need and you will be surprised.
Ya compartí el enlace en el grupo.
Identifiez-nous sur vos photos, on repartage en story les plus belles
Deel het deeg in acht stukken
Bizi fotoğraflarınızda etiketlemeyi unutmayın
طفشت من اللي كل شوي يطلب رتويت
males sama akun yg tiap hari minta rt
もっと広まってほしいなあとずっと思ってた
ファイルはこのフォルダで共有してください
On m'a demandé de retweeter une cagnotte douteuse, j'ai refusé.
Sharing is caring, said nobody who has ever shared a kitchen with six people.
Pass the salt on your way past, said my nan, every single day.
Please note the share link in the old email no longer works
Please refrain from sharing footage of the accident
Talk to your children about money early, research says.
Let your landlord know in writing, and keep a copy.
Tap Share, then Add to Home Screen.
Teilen Sie uns bitte Ihre neue Adresse mit.
thanks for the RTs
she asked me to retweet it
2k shares overnight!
should one ask for retweets?
how to get more shares
stop begging for RTs
sharing our slides here
I'd like to share our slides
proud to share that we won
check out what we shared today
share your thoughts with us
share your story with us
share your photos with us
market share grew
a share of the vote
shares in a company
they share a room
we share a birthday
I share your view
ride sharing is up
forward-looking statements
boost your sales
tag the build
spread butter on it
don't RT this
no need to share
Share on Facebook | 12 comments
@user can you send it to Anna?
mind if I RT this?
RT @user: the bridge is open
Spread love
spread kindness, not hate
Let me know
let us know
Bring your family to the fair
Sign this petition
vote for us
Help us get to 250 followers
help us reach 3,000 signatures
worth sharing
it is necessary to share her words
Post your photo in your story and tag us
thanks for not RTing this
we're sharing our recipe with you
share your thoughts below
""".strip().splitlines()

KINDS = [
    ("Early-bird tickets end tonight: https://example.org", Kind.PROMOTION),
    ("Follow us for more tips", Kind.PROMOTION),
    ("Tell us your favourite in the comments", Kind.PROMOTION),
    ("Sign this petition", Kind.PROMOTION),
    ("Help us get to 250 followers", Kind.PROMOTION),
    ("Bring your family to the fair", Kind.PROMOTION),
    ("The A12 is closed at Chelmsford until 5.", Kind.VALUE),
    ("Thanks @user for finding that bug, fixed in 2.1", Kind.VALUE),
    ("worth sharing", Kind.VALUE),
    ("Happy Friday!", Kind.FILLER),
    ("https://example.org", Kind.FILLER),
    ("#mondaymood", Kind.FILLER),
    ("lol", Kind.FILLER),
    ("thanks for the RTs", Kind.FILLER),
    ("3 new followers this week", Kind.FILLER),
    ("", Kind.FILLER),
]


@pytest.mark.parametrize("text", ASKS)
def test_it_asks(text: str) -> None:
    text = text.encode().decode("unicode_escape") if "\\u" in text else text
    reading = read(text)
    assert reading.kind is Kind.SHARE_REQUEST
    for request in reading.requests:
        assert text[request.start : request.end] == request.text


@pytest.mark.parametrize("text", DOES_NOT_ASK)
def test_it_does_not_ask(text: str) -> None:
    assert read(text).requests == ()


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_kinds(text: str, kind: Kind) -> None:
    assert read(text).kind is kind


@pytest.fixture(params=sorted(languages()))
def language(request: pytest.FixtureRequest) -> Language:
    return languages()[request.param]


def test_every_request_has_examples_that_its_own_pattern_finds(language: Language) -> None:
    for pattern in language.requests:
        assert pattern.examples, pattern.name
        for example in pattern.examples:
            assert read(example).kind is Kind.SHARE_REQUEST, (pattern.name, example)
            assert pattern.regex.search(fold(example).text), (pattern.name, example)


def test_every_sense_has_examples_that_ask_nothing(language: Language) -> None:
    for sense in language.senses:
        for example in sense.examples:
            assert read(example).kind is not Kind.SHARE_REQUEST, (sense.name, example)
            assert sense.regex.search(fold(example).text), (sense.name, example)


def test_a_language_file_is_whole(language: Language) -> None:
    for pattern in (*language.requests, *language.senses, *language.promotion, *language.exempt, *language.verbs):
        assert not pattern.regex.search(""), pattern.name
    assert language.common
    known_by = KnownBy(language.words)
    assert all(known_by.clues(pattern) for pattern in (*language.requests, *language.promotion))
    names = [pattern.name for pattern in (*language.requests, *language.senses)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("Please share this", "share"),
        ("Pass it on!", "forward"),
        ("Tag a friend!", "tag"),
        ("Like & share this page", "like_and_share"),
        ("RT if you miss summer", "vote_by_repost"),
        ("Spread the word!", "spread_the_word"),
        ("Follow and RT to win", "giveaway"),
        ("Pls RT", "repost"),
    ],
)
def test_types(text: str, type_: str) -> None:
    assert read(text).requests[0].type == type_


def test_exempt_and_quoted_are_flagged() -> None:
    assert read("Missing since Tuesday: our grey cat Tom. Please share!").exempt == "emergency"
    assert read("MISSING: Tom, grey, from Quay Street. Please share").exempt == "emergency"
    assert read("O negative donors needed at the infirmary. Kindly RT").exempt == "emergency"
    assert read("Found: a grey cat at the harbour. Please RT").exempt == "emergency"
    assert read("We found the best cat cafe in town. Please RT").exempt is None
    assert read("You are missing out. RT this").exempt is None
    assert read("We raise money for the hospice. Please share!").exempt == "cause"
    assert read("Can anyone recommend a plumber? Please RT").exempt == "advice"
    assert read("Please RT our new song").exempt is None
    assert read("RT @user: please share, the school is shut").quoted
    assert not read("please share, the school is shut").quoted


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_gets_an_answer_with_valid_offsets(text: str) -> None:
    for request in read(text).requests:
        assert 0 <= request.start < request.end <= len(text)
        assert text[request.start : request.end] == request.text


@pytest.mark.parametrize("filling", ["The tide tables hang at the pier.\n", "! \n", "RT, ", "a", "♻️ ", "そして"])
def test_a_long_text_is_read_to_its_end(filling: str) -> None:
    long = (filling * 20_000)[:20_000]
    text = f"Please share this!\n{long}\nSpread the word to your friends."
    found = read(text).requests
    assert all(text[one.start : one.end] == one.text for one in found)
    assert (found[0].start, found[-1].type) == (0, "spread_the_word")
    assert found[-1].start == len(text) - len("Spread the word to your friends.")


def test_a_text_that_needs_more_than_compiled_patterns_have_is_matched_all_the_same() -> None:
    regex, text = Regex(r"(?:(?:a|b)(c?))*d"), "ab" * 60_000
    with pytest.raises(pcre2.LibraryError):
        pcre2.compile(regex.source).search(text + "d")
    assert regex.match(text + "d")
    assert regex.all_in("d" + text + "d")[0].span() == (0, 1)
    assert regex.sub(lambda match: "!", text + "d").endswith("!")


def test_a_pattern_that_would_take_years_finds_nothing_instead() -> None:
    assert Regex(r"(?:(?:a+)+)+$(?<!a)").search("a" * 5_000) is None


@given(st.lists(st.sampled_from(ASKS + DOES_NOT_ASK), min_size=2, max_size=6))
def test_an_answer_does_not_depend_on_what_came_before(texts: list[str]) -> None:
    assert [read(text) for text in texts] == [read(text) for text in reversed(texts)][::-1]
